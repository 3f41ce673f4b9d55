using System.Collections.Immutable;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Authority.Uploads;

/// <summary>An accepted descriptor with the digests of the microdescriptors that the consensus methods make of it.</summary>
internal sealed record PooledDescriptor(ServerDescriptor Descriptor, ImmutableArray<VoteMicrodescriptor> Microdescriptors);
