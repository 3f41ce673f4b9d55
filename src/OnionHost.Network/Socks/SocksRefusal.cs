namespace OnionHost.Network.Socks;

/// <summary>Ends a negotiation: the client gets <see cref="Answer"/> (perhaps nothing) and the connection is closed.</summary>
internal sealed class SocksRefusal : Exception
{
    public SocksRefusal(string why, params byte[] answer)
        : base(why)
    {
        Answer = answer;
    }

    /// <summary>The bytes that the client gets.</summary>
    public byte[] Answer { get; }
}
