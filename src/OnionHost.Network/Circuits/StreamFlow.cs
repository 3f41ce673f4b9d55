using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>
/// Flow control of one stream. The sending half is guarded by the circuit's send lock, the receiving half by the
/// stream's own lock. Methods that take a peer's message throw <see cref="Protocol.ProtocolException"/>.
/// </summary>
internal abstract class StreamFlow
{
    /// <summary>How many DATA cells this stream may send now.</summary>
    public abstract int Sendable { get; }

    /// <summary>When to look at <see cref="Sendable"/> again although nothing comes from the peer; null if that would not help.</summary>
    public virtual TimeSpan? RetryAfter => null;

    /// <summary>A DATA cell of this stream was sent, with <paramref name="length"/> bytes of body.</summary>
    public abstract void OnDataSent(int length);

    /// <summary>The peer said SENDME, XOFF or XON about this stream.</summary>
    public abstract void OnSignal(RelayCommand command, ReadOnlySpan<byte> body);

    /// <summary>A DATA cell of this stream arrived, with <paramref name="length"/> bytes of body.</summary>
    public abstract void OnDataReceived(int length);

    /// <summary>The application took bytes; <paramref name="unread"/> are left.</summary>
    public virtual void OnDataTaken(long bytes, long unread)
    {
    }

    /// <summary>The application takes no more: what waits is dropped.</summary>
    public virtual void OnReaderDone()
    {
    }

    /// <summary>What to tell the peer now that <paramref name="unread"/> bytes wait for the application; null if nothing. Call until null.</summary>
    /// <param name="unread">Bytes that arrived and were not yet taken.</param>
    /// <param name="isArriving">True on the read loop, where what is sent shares a record with other answers; false when
    /// the application took something, where it costs a record of its own.</param>
    /// <param name="body">Where the message's body goes, at least 16 bytes.</param>
    /// <param name="length">Bytes of body.</param>
    public abstract RelayCommand? NextSignal(long unread, bool isArriving, Span<byte> body, out int length);
}
