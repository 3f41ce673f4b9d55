namespace OnionHost.Network.Socks;

/// <summary>Reads the negotiation from a client through one small buffer; what the client sent beyond it stays in <see cref="Buffered"/>.</summary>
internal sealed class SocksReader(Stream stream)
{
    /// <summary>More than the longest request: 2 + 255 + 513 + 262 bytes.</summary>
    private const int Capacity = 1280;

    private readonly byte[] _buffer = new byte[Capacity];
    private int _start;
    private int _end;

    /// <summary>Bytes received and not read yet.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start.._end);

    /// <summary>Reads one byte.</summary>
    /// <exception cref="SocksRefusal">The client closed the connection.</exception>
    public async ValueTask<byte> ReadByteAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(1, cancellationToken)).Span[0];

    /// <summary>Reads exactly <paramref name="count"/> bytes; they stay valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            await FillAsync(cancellationToken);
        }

        var bytes = _buffer.AsMemory(_start, count);
        _start += count;
        return bytes;
    }

    /// <summary>Reads up to a zero byte, which is taken and not returned.</summary>
    /// <exception cref="SocksRefusal">More than <paramref name="longest"/> bytes came without one.</exception>
    public async ValueTask<byte[]> ReadToZeroAsync(int longest, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start.._end).IndexOf((byte)0);
            if (length > longest || (length < 0 && _end - _start > longest))
            {
                throw new SocksRefusal("a string of the request is too long");
            }

            if (length >= 0)
            {
                var text = _buffer.AsSpan(_start, length).ToArray();
                _start += length + 1;
                return text;
            }

            await FillAsync(cancellationToken);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        if (count == 0)
        {
            throw new SocksRefusal("the client went away");
        }

        _end += count;
    }
}
