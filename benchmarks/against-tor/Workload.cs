namespace OnionHost.Benchmarks.AgainstTor;

/// <summary>How much is done: bytes of one download, rounds of everything, requests for the time to the first byte.</summary>
internal sealed record Workload(long Bytes, int Rounds, int Requests)
{
    /// <summary>What is downloaded: over an exit with 1 and 8 streams, from an onion service with 1 and 4.</summary>
    public IReadOnlyList<Download> Downloads { get; } = [new("exit", 1), new("exit", 8), new("onion", 1), new("onion", 4)];
}

/// <summary>One kind of download; each stream has a circuit of its own.</summary>
internal sealed record Download(string Kind, int Streams)
{
    /// <summary>True if the server is an onion service.</summary>
    public bool IsOnion => Kind == "onion";
}
