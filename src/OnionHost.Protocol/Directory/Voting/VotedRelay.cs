namespace OnionHost.Protocol.Directory.Voting;

/// <summary>One vote's entry for a relay.</summary>
/// <param name="Voter">The index of the vote.</param>
/// <param name="Relay">The entry.</param>
internal readonly record struct VotedRelay(int Voter, VoteRelay Relay);
