using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>Two different votes of one authority for one period, each with its valid signature: whoever made them is broken or cheats.</summary>
internal sealed record Equivocation(Vote First, Vote Second)
{
    /// <summary>Whose votes they are.</summary>
    public RelayFingerprint Voter => First.Voter;

    /// <summary>The period.</summary>
    public DateTimeOffset ValidAfter => First.Content.ValidAfter;
}
