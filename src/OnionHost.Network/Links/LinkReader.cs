using System.Buffers;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Tls;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Links;

/// <summary>
/// The receiving half of a link: decrypts into one buffer, hands the cells out in place, then tells the circuits that
/// got any. While the link is quiet it holds no buffer.
/// </summary>
internal sealed class LinkReader(Link link, LinkDispatcher dispatcher, TlsConnection tls, byte[] initialBuffer, int initialLength)
{
    /// <summary>Length of the buffer: holds the longest cell, and what a link writes at once.</summary>
    public const int BufferSize = 64 * 1024;

    /// <summary>A read this short says that the link is quiet.</summary>
    private const int QuietRead = 2048;

    /// <summary>So many reads that did not have to wait, then other links that the thread serves get their turn.</summary>
    private const int ReadsPerTurn = 16;

    private readonly List<LinkSlot> _touched = [];
    private byte[]? _buffer = initialBuffer;
    private int _filled = initialLength;
    private int _used = initialLength;
    private int _readsOfTurn;

    /// <summary>How fast it may read; null for as fast as it can.</summary>
    public ReadPace? Pace { get; init; }

    /// <summary>Reads until the peer closes the connection; throws if the connection or the peer fails.</summary>
    public async Task RunAsync()
    {
        try
        {
            Handle();
            var read = BufferSize;
            while (true)
            {
                if (read < QuietRead && _filled == 0)
                {
                    ReturnBuffer();
                    await tls.WaitToReadAsync(CancellationToken.None);
                }

                var room = BufferSize - _filled;
                if (Pace is not null && (room = await Pace.AllowAsync(room, link.Closing)) == 0)
                {
                    return;
                }

                _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
                var reading = tls.ReadAsync(_buffer.AsMemory(_filled, room), CancellationToken.None);
                var waits = !reading.IsCompleted;
                read = await reading;
                if (read == 0)
                {
                    return;
                }

                Pace?.Spend(read);
                _filled += read;
                _used = Math.Max(_used, _filled);
                link.OnReceived(read);
                link.Traffic.OnReceived(read);
                Handle();
                _readsOfTurn = waits ? 0 : _readsOfTurn + 1;
                if (_readsOfTurn == ReadsPerTurn)
                {
                    _readsOfTurn = 0;
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }
            }
        }
        finally
        {
            ReturnBuffer();
        }
    }

    private void Handle()
    {
        using var batch = LinkBatch.Begin();
        try
        {
            HandOut();
        }
        finally
        {
            foreach (var slot in _touched)
            {
                slot.IsTouched = false;
                dispatcher.OnBatchEnd(slot);
            }

            _touched.Clear();
        }
    }

    private void HandOut()
    {
        var position = 0;
        var cells = 0;
        var bytes = _buffer.AsSpan(0, _filled);
        while (link.IsOpen && CellFraming.TryRead(bytes[position..], dispatcher.CircuitIdSize, out var cell, out var consumed))
        {
            position += consumed;
            cells++;
            if (dispatcher.OnCell(cell) is { IsTouched: false } slot)
            {
                slot.IsTouched = true;
                _touched.Add(slot);
            }
        }

        link.Traffic.OnCellsReceived(cells);
        bytes[position..].CopyTo(bytes);
        _filled -= position;
    }

    /// <summary>What was used of it is cleared, since circuits decrypt in place.</summary>
    private void ReturnBuffer()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            buffer.AsSpan(0, _used).Clear();
            _used = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
