using System.Text.Json.Serialization;

namespace OnionHost.Network.Guards;

/// <summary>The file of the guard set.</summary>
internal sealed record GuardState
{
    /// <summary>The only format so far.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The file's format.</summary>
    [JsonPropertyName("version")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The sample, in its order.</summary>
    [JsonPropertyName("sampled")]
    public required IReadOnlyList<GuardRecord> Sampled { get; init; }
}
