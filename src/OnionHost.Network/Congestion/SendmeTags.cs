using System.Security.Cryptography;
using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Congestion;

/// <summary>
/// The cells that a circuit's SENDMEs will prove to have been received, oldest first: their tags, and when they were sent
/// (proposal 289). Grows to as many as were ever on their way at once.
/// </summary>
internal sealed class SendmeTags(int capacity)
{
    private byte[] _tags = new byte[capacity * CircuitFlow.TagSize];
    private long[] _sent = new long[capacity];
    private int _first;

    /// <summary>How many wait for their SENDME.</summary>
    public int Count { get; private set; }

    /// <summary>Notes a cell that the peer will answer.</summary>
    public void Add(ReadOnlySpan<byte> tag, long sent)
    {
        if (Count == _sent.Length)
        {
            Grow();
        }

        var index = (_first + Count) % _sent.Length;
        tag[..CircuitFlow.TagSize].CopyTo(_tags.AsSpan(index * CircuitFlow.TagSize));
        _sent[index] = sent;
        Count++;
    }

    /// <summary>Checks a SENDME's body against the oldest cell, and gives when that was sent.</summary>
    /// <param name="body">The body of the SENDME.</param>
    /// <param name="acceptUntagged">True where a SENDME of version 0, without tag, is as good.</param>
    /// <exception cref="ProtocolException">It proves nothing.</exception>
    public long Take(ReadOnlySpan<byte> body, bool acceptUntagged)
    {
        var tag = SendmeMessage.ReadTag(body, out var version);
        if (Count == 0)
        {
            throw new ProtocolException("A circuit SENDME acknowledges cells that were never sent.");
        }

        var expected = _tags.AsSpan(_first * CircuitFlow.TagSize, CircuitFlow.TagSize);
        if ((version != 0 || !acceptUntagged) && (version != 1 || !CryptographicOperations.FixedTimeEquals(tag, expected)))
        {
            throw new ProtocolException("A circuit SENDME does not prove that its cells were received.");
        }

        var sent = _sent[_first];
        _first = (_first + 1) % _sent.Length;
        Count--;
        return sent;
    }

    private void Grow()
    {
        var (tags, sent) = (new byte[_tags.Length * 2], new long[_sent.Length * 2]);
        var tail = _sent.Length - _first;
        _sent.AsSpan(_first).CopyTo(sent);
        _sent.AsSpan(0, _first).CopyTo(sent.AsSpan(tail));
        _tags.AsSpan(_first * CircuitFlow.TagSize).CopyTo(tags);
        _tags.AsSpan(0, _first * CircuitFlow.TagSize).CopyTo(tags.AsSpan(tail * CircuitFlow.TagSize));
        (_tags, _sent, _first) = (tags, sent, 0);
    }
}
