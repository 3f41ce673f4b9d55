using System.Text.Json.Serialization;

namespace OnionHost.Network.Paths;

/// <summary>The file of the build times: a histogram, so that it does not tell what was done when.</summary>
internal sealed record BuildTimesState
{
    /// <summary>The only format so far.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The file's format.</summary>
    [JsonPropertyName("version")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Build times.</summary>
    [JsonPropertyName("bins")]
    public required IReadOnlyList<Bin?> Bins { get; init; }

    /// <summary>Circuits that took about as long.</summary>
    /// <param name="Milliseconds">How long; 0: given up.</param>
    /// <param name="Count">How many.</param>
    internal sealed record Bin([property: JsonPropertyName("ms")] int Milliseconds, [property: JsonPropertyName("count")] int Count);
}
