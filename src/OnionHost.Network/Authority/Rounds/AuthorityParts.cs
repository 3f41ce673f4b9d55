using OnionHost.Network.Authority.Uploads;
using OnionHost.Network.Directory;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>What a voting round takes of its authority.</summary>
internal sealed record AuthorityParts
{
    public required NodeContext Context { get; init; }

    public required AuthorityOptions Options { get; init; }

    public required AuthorityKeys Keys { get; init; }

    public required VotingSchedule Schedule { get; init; }

    public required DirectoryStore Store { get; init; }

    public required DescriptorPool Pool { get; init; }

    public required VoteComposer Composer { get; init; }

    public required SharedRandomKeeper SharedRandom { get; init; }

    public required AuthorityPeers Peers { get; init; }

    public required OwnVotes OwnVotes { get; init; }

    public required Equivocations Equivocations { get; init; }
}
