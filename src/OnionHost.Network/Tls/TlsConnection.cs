using System.Net;

namespace OnionHost.Network.Tls;

/// <summary>A TLS connection. One reader and one writer may be active at the same time.</summary>
internal abstract class TlsConnection : IAsyncDisposable
{
    /// <summary>The peer's address.</summary>
    public abstract IPEndPoint Remote { get; }

    /// <summary>DER of the peer's leaf certificate; empty if it presented none.</summary>
    public abstract ReadOnlyMemory<byte> PeerLeaf { get; }

    /// <summary>DER of our leaf certificate; empty on the client side.</summary>
    public abstract ReadOnlyMemory<byte> LocalLeaf { get; }

    /// <summary>Waits until there is something to read, or the end, without holding a buffer.</summary>
    public abstract ValueTask WaitToReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads as much as is there and fits, at least 1 byte; 0 is the end.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes all bytes, in records of up to 16384.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Exports keying material (RFC 5705 with a context); false if this connection cannot.</summary>
    public abstract bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination);

    /// <summary>Closes the connection; a read or write that waits ends with an exception.</summary>
    public abstract ValueTask DisposeAsync();
}
