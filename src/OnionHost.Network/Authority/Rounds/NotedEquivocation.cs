using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>What an operator is told of an authority that signed two different votes.</summary>
/// <param name="ValidAfter">The period.</param>
/// <param name="Nickname">The authority, as this node's configuration names it.</param>
/// <param name="Authority">Its v3 identity.</param>
/// <param name="First">Digest of the vote that came first.</param>
/// <param name="Second">Digest of the other one.</param>
/// <param name="File">Where both votes are kept; null if they are not.</param>
internal sealed record NotedEquivocation(
    DateTimeOffset ValidAfter, string Nickname, RelayFingerprint Authority, Digest160 First, Digest160 Second, string? File)
{
    /// <summary>The reason why there is no consensus.</summary>
    public override string ToString() => $"authority {Nickname} ({Authority}) signed two different votes, {First} and {Second}";
}
