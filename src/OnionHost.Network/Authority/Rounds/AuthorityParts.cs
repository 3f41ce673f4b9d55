using System.Collections.Immutable;
using OnionHost.Network.Authority.Uploads;
using OnionHost.Network.Directory;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>What a voting round takes of its authority.</summary>
internal sealed record AuthorityParts(
    NodeContext Context,
    AuthorityOptions Options,
    AuthorityKeys Keys,
    VotingSchedule Schedule,
    DirectoryStore Store,
    DescriptorPool Pool,
    VoteComposer Composer,
    SharedRandomKeeper SharedRandom,
    ImmutableArray<AuthorityPeer> Peers);
