namespace OnionHost.Cli.Settings;

/// <summary>
/// The values of a command's options, from the command line, else the environment, else a JSON file. Reading a wrong one notes a
/// fault and gives a substitute, so that all faults can be told together.
/// </summary>
internal sealed class ToolSettings(IReadOnlyList<ISettingsSource> sources, IReadOnlyList<string> arguments)
{
    private readonly List<string> _faults = [];

    /// <summary>A parser of one value.</summary>
    public delegate bool Parser<T>(string text, out T value);

    /// <summary>What is wrong, one message a fault.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The words that belong to no option.</summary>
    public IReadOnlyList<string> Arguments => arguments;

    /// <summary>Notes a fault.</summary>
    public void Fault(ToolOption option, string what) => _faults.Add($"{NameOf(option)}: {what}");

    /// <summary>Notes a fault that belongs to no option.</summary>
    public void Fault(string what) => _faults.Add(what);

    /// <summary>The text of an option; null if it is nowhere.</summary>
    public string? Text(ToolOption option) => Values(option) is [.., var last] ? last : null;

    /// <summary>All texts of an option that may be repeated.</summary>
    public IReadOnlyList<string> Texts(ToolOption option) => Values(option) ?? [];

    /// <summary>The text of an option that has to be there.</summary>
    public string Needed(ToolOption option)
    {
        if (Text(option) is { Length: > 0 } text)
        {
            return text;
        }

        Fault(option, $"it is missing. It takes {option.Takes}.");
        return string.Empty;
    }

    /// <summary>True if the switch is on.</summary>
    public bool Switch(ToolOption option) => Read(option, false, static (string text, out bool value) => bool.TryParse(text, out value));

    /// <summary>The value of an option; <paramref name="fallback"/> if it is nowhere or wrong.</summary>
    public T Read<T>(ToolOption option, T fallback, Parser<T> parser) =>
        Text(option) is { } text ? Parse(option, text, fallback, parser) : fallback;

    /// <summary>All values of an option that may be repeated, without the wrong ones.</summary>
    public IReadOnlyList<T> ReadAll<T>(ToolOption option, Parser<T> parser)
    {
        var values = new List<T>();
        foreach (var text in Texts(option))
        {
            if (parser(text, out var value))
            {
                values.Add(value);
            }
            else
            {
                Wrong(option, text);
            }
        }

        return values;
    }

    private T Parse<T>(ToolOption option, string text, T fallback, Parser<T> parser)
    {
        if (parser(text, out var value))
        {
            return value;
        }

        Wrong(option, text);
        return fallback;
    }

    private void Wrong(ToolOption option, string text) => Fault(option, $"'{text}' is not right. It takes {option.Takes}.");

    private IReadOnlyList<string>? Values(ToolOption option) => sources.Select(source => source.Values(option)).FirstOrDefault(values => values is not null);

    private string NameOf(ToolOption option) =>
        sources.FirstOrDefault(source => source.Values(option) is not null)?.NameOf(option) ?? option.Name;
}
