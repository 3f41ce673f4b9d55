using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Streams;

/// <summary>What an edge keeps under a stream's id. All calls come on the link's read loop, the last two also from elsewhere.</summary>
internal interface IEdgeStream
{
    /// <summary>The body of a DATA message arrived; true if <see cref="OnBatchEnd"/> is to be called after this batch.</summary>
    bool OnData(ReadOnlySpan<byte> body);

    /// <summary>Any other message for this stream arrived.</summary>
    void OnMessage(RelayCommand command, ReadOnlySpan<byte> body);

    /// <summary>The cells of one read were handled: whoever waits for data may be woken.</summary>
    void OnBatchEnd();

    /// <summary>The circuit is about to close: completes when the stream is over, at once unless it still has something to send.</summary>
    Task EndAsync();

    /// <summary>The circuit is gone, or never let the stream open.</summary>
    void OnCircuitClosed(TorException cause);
}
