namespace OnionHost.Benchmarks.AgainstTor.Own;

/// <summary>What a process prints when it is ready.</summary>
internal sealed record ReadyLine
{
    /// <summary>The network's authorities, as torrc lines.</summary>
    public string[] Authorities { get; init; } = [];

    /// <summary>The client's SOCKS port.</summary>
    public int Port { get; init; }

    /// <summary>The service's address.</summary>
    public string Onion { get; init; } = string.Empty;
}
