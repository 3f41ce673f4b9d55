using System.Text.Json.Serialization;

namespace OnionHost.Network.Guards;

/// <summary>What is kept on disk about one sampled guard.</summary>
internal sealed record GuardRecord
{
    /// <summary>RSA identity, 40 hexadecimal digits.</summary>
    [JsonPropertyName("fingerprint")]
    public required string Fingerprint { get; init; }

    /// <summary>When it came into the sample; blurred by up to a tenth of the lifetime.</summary>
    [JsonPropertyName("addedOn")]
    public required DateTimeOffset AddedOn { get; init; }

    /// <summary>When it was first used with success, blurred; null if it never was.</summary>
    [JsonPropertyName("confirmedOn")]
    public DateTimeOffset? ConfirmedOn { get; init; }

    /// <summary>Its place among the confirmed guards; null if it was never used with success.</summary>
    [JsonPropertyName("confirmedIndex")]
    public int? ConfirmedIndex { get; init; }

    /// <summary>Since when it has been missing from the consensus; null while it is listed.</summary>
    [JsonPropertyName("unlistedSince")]
    public DateTimeOffset? UnlistedSince { get; init; }
}
