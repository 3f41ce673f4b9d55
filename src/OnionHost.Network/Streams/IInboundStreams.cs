namespace OnionHost.Network.Streams;

/// <summary>Takes the streams that the peer opens on an edge.</summary>
internal interface IInboundStreams
{
    /// <summary>
    /// BEGIN, BEGIN_DIR or RESOLVE arrived, on the link's read loop: whoever takes it accepts, refuses or answers it,
    /// now or later, from any thread.
    /// </summary>
    void OnBegin(InboundStream stream);
}
