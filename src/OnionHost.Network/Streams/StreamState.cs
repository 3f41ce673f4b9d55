namespace OnionHost.Network.Streams;

/// <summary>Where a stream is in its life.</summary>
internal enum StreamState
{
    /// <summary>We sent BEGIN; CONNECTED or END has not come.</summary>
    Connecting,

    /// <summary>The peer sent BEGIN; we have not answered.</summary>
    Offered,

    /// <summary>Data flows both ways.</summary>
    Open,

    /// <summary>END went or came, or the circuit is gone.</summary>
    Closed,
}
