using OnionHost.Network.Paths;

namespace OnionHost.Network.Socks;

/// <summary>What a client asked for, once the negotiation is over.</summary>
/// <param name="Version">4 or 5: how the reply is written.</param>
/// <param name="Command">What to do.</param>
/// <param name="Host">A checked host name, or an IP literal without brackets.</param>
/// <param name="Port">0 only for the two resolve commands.</param>
/// <param name="Isolation">Made of the client's address and its authentication.</param>
internal sealed record SocksRequest(int Version, SocksCommand Command, string Host, int Port, IsolationKey Isolation)
{
    /// <summary>Nothing of the destination.</summary>
    public override string ToString() => $"SOCKS{Version} {Command}";
}
