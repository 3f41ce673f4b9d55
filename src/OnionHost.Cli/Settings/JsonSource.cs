using System.Text.Json;

namespace OnionHost.Cli.Settings;

/// <summary>Options in a JSON file: <c>{ "or-port": 9001, "exit-policy": "reject *:*", "json": true }</c>; arrays for several values.</summary>
internal sealed class JsonSource : ISettingsSource
{
    private const long MaxBytes = 1 << 20;

    private readonly string _path;
    private readonly Dictionary<string, IReadOnlyList<string>> _values;

    private JsonSource(string path, Dictionary<string, IReadOnlyList<string>> values)
    {
        _path = path;
        _values = values;
    }

    /// <summary>The keys that the file has.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ToolException">It is missing, unreadable or malformed.</exception>
    public static JsonSource Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaxBytes)
            {
                throw Fault(path, file.Exists ? "is larger than 1 MiB" : "does not exist");
            }

            using var document = JsonDocument.Parse(
                File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonSource(path, document.RootElement.EnumerateObject().DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => Values(path, p)))
                : throw Fault(path, "holds no JSON object");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw Fault(path, "cannot be used: " + fault.Message);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string>? Values(ToolOption option) =>
        _values.FirstOrDefault(value => option.IsKey(value.Key)).Value;

    /// <inheritdoc/>
    public string NameOf(ToolOption option) => $"{option.Name} (from {_path})";

    private static IReadOnlyList<string> Values(string path, JsonProperty property) => property.Value.ValueKind == JsonValueKind.Array
        ? [.. property.Value.EnumerateArray().Select(value => Value(path, property.Name, value))]
        : [Value(path, property.Name, property.Value)];

    private static string Value(string path, string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw Fault(path, $"has a value of '{name}' that is neither text nor number nor true nor false"),
    };

    private static ToolException Fault(string path, string what) => new(ExitCode.WrongOptions, $"--config: the file {path} {what}.");
}
