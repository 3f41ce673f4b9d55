using System.Collections.Immutable;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>An <c>m</c> line of a vote (dir-spec 3.4.1): the microdescriptor that some methods give for a relay.</summary>
/// <param name="Methods">The consensus methods.</param>
/// <param name="Digest">SHA-256 of the microdescriptor, 32 bytes.</param>
public readonly record struct VoteMicrodescriptor(ImmutableArray<int> Methods, Digest256 Digest);
