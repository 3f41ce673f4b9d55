using System.Buffers;
using OnionHost.Protocol;

namespace OnionHost.Network.Directory.Http;

/// <summary>Reads one bounded HTTP/1.0 message from a stream: first its head, then its body.</summary>
internal sealed class HttpReader(Stream stream) : IDisposable
{
    private const int FirstSize = 4096;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;

    /// <summary>Reads up to and including the empty line.</summary>
    /// <exception cref="ProtocolException">It is malformed, too long, or ends early.</exception>
    public async Task<HttpHead> ReadHeadAsync(CancellationToken ct)
    {
        var searched = 0;
        while (true)
        {
            var end = _buffer.AsSpan(searched, _end - searched).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                _start = searched + end + 4;
                return HttpHead.Parse(_buffer.AsSpan(0, searched + end));
            }

            searched = Math.Max(0, _end - 3);
            if (_end >= DirectoryLimits.Head || !await FillAsync(DirectoryLimits.Head, ct))
            {
                throw new ProtocolException(_end == 0 ? "The directory connection ended without a word." : "An HTTP head is too long or ends early.");
            }
        }
    }

    /// <summary>Reads a body of known length.</summary>
    /// <exception cref="ProtocolException">It ends early.</exception>
    public async Task<byte[]> ReadBodyAsync(int length, CancellationToken ct)
    {
        while (_end - _start < length)
        {
            if (!await FillAsync(_start + length, ct))
            {
                throw new ProtocolException("An HTTP body ends early.");
            }
        }

        return _buffer.AsSpan(_start, length).ToArray();
    }

    /// <summary>Reads everything up to the end of the stream.</summary>
    /// <exception cref="ProtocolException">It is longer than <paramref name="maximum"/>.</exception>
    public async Task<byte[]> ReadToEndAsync(int maximum, CancellationToken ct)
    {
        while (await FillAsync(_start + maximum + 1, ct))
        {
            if (_end - _start > maximum)
            {
                throw new ProtocolException($"An HTTP body must not be longer than {maximum} bytes.");
            }
        }

        return _buffer.AsSpan(_start, _end - _start).ToArray();
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private async ValueTask<bool> FillAsync(int limit, CancellationToken ct)
    {
        if (_end == _buffer.Length)
        {
            // The buffer grows only as data arrives: a length that is only announced costs nothing.
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end..Math.Min(_buffer.Length, Math.Max(limit, _end + 1))), ct);
        _end += read;
        return read > 0;
    }
}
