namespace OnionHost.Protocol.Directory.Voting;

/// <summary>What the votes say about one relay that enough of them list.</summary>
/// <param name="Votes">In the order of the votes.</param>
/// <param name="AgreesOnEd25519">True if more than half of all authorities give the same Ed25519 identity, or say that there is none.</param>
internal sealed record CollatedRelay(IReadOnlyList<VotedRelay> Votes, bool AgreesOnEd25519);
