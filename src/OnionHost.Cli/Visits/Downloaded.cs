namespace OnionHost.Cli.Visits;

/// <summary>What was fetched.</summary>
/// <param name="Status">The server's status, 200 to 299.</param>
/// <param name="Bytes">How much it was.</param>
/// <param name="Sha256">Its digest, in hex.</param>
/// <param name="Type">What the server calls it; null if it does not say.</param>
internal sealed record Downloaded(int Status, long Bytes, string Sha256, string? Type);
