using System.Collections;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Cli;

/// <summary>What the tool gets from outside.</summary>
/// <param name="Out">What it says.</param>
/// <param name="Error">What it complains about, and logs.</param>
/// <param name="Environment">The environment's variables.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">Random bytes.</param>
internal sealed record ToolContext(
    TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment, TimeProvider Time, IRandomSource Random)
{
    /// <summary>Standard input, as bytes.</summary>
    public Stream Input { get; init; } = Stream.Null;

    /// <summary>Standard output, as bytes: for what is not text.</summary>
    public Stream Output { get; init; } = Stream.Null;

    /// <summary>Pictures and colours are for people at a terminal.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>True if standard error is a terminal.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>What the process has.</summary>
    public static ToolContext OfProcess() => new(
        Console.Out,
        Console.Error,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? string.Empty),
        TimeProvider.System,
        SystemRandomSource.Instance)
    {
        Input = Console.OpenStandardInput(),
        Output = Console.OpenStandardOutput(),
        IsTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
    };
}
