namespace OnionHost.Network.Circuits;

/// <summary>
/// Flow control of one edge: how many DATA cells may be on their way, and when the peer is told to send on.
/// The sending half is guarded by the circuit's send lock, the receiving half by its read loop. Every method that takes
/// a peer's message throws <see cref="Protocol.ProtocolException"/> when the peer breaks the rules.
/// </summary>
internal abstract class CircuitFlow
{
    /// <summary>Bytes that the tag of one cell takes at most.</summary>
    public const int TagSize = 20;

    /// <summary>Bytes of body that a DATA cell gives up to carry 16 random bytes of padding (4 zero bytes come first).</summary>
    public const int RandomPadding = 20;

    /// <summary>How many DATA cells may be sent now.</summary>
    public abstract int Sendable { get; }

    /// <summary>True if the next DATA cell has to leave <see cref="RandomPadding"/> bytes free, so that nobody can guess its tag.</summary>
    public abstract bool WantsPadding { get; }

    /// <summary>How many more DATA cells it takes until one that the peer acknowledges; at least 1.</summary>
    public abstract int CellsToReceipt { get; }

    /// <summary>True if no acknowledgement is due.</summary>
    public abstract bool IsAcknowledged { get; }

    /// <summary>A DATA cell was sealed and sent.</summary>
    /// <param name="tag">Its tag, 20 bytes.</param>
    /// <param name="spare">Bytes of its payload that the body did not fill.</param>
    public abstract void OnDataSent(ReadOnlySpan<byte> tag, int spare);

    /// <summary>A SENDME without stream arrived.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="queued">This circuit's cells that wait at our own link.</param>
    public abstract void OnSendme(ReadOnlySpan<byte> body, int queued);

    /// <summary>A DATA cell arrived, for whichever stream; true if a SENDME with this cell's tag is due.</summary>
    public abstract bool OnDataReceived();

    /// <summary>The flow control of a new stream.</summary>
    public abstract StreamFlow NewStream();
}
