using System.Buffers.Binary;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>
/// A relay message in place in a cell's 509 plain bytes (tor-spec 6.1): command, recognized 2, stream 2, digest 4,
/// length 2, body, padding. The digest belongs to the layer that seals or recognizes the cell.
/// </summary>
public readonly ref struct RelayMessage
{
    /// <summary>Bytes before the body.</summary>
    public const int HeaderSize = 11;

    /// <summary>The longest body in bytes.</summary>
    public const int BodyMax = 498;

    private const int PayloadSize = HeaderSize + BodyMax;
    private const int ZeroPadding = 4;

    /// <summary>Puts a message together.</summary>
    public RelayMessage(RelayCommand command, StreamId stream, ReadOnlySpan<byte> body)
    {
        Command = command;
        Stream = stream;
        Body = body;
    }

    /// <summary>What it is.</summary>
    public RelayCommand Command { get; }

    /// <summary>The stream it belongs to; <see cref="StreamId.None"/> is the circuit.</summary>
    public StreamId Stream { get; }

    /// <summary>0 to 498 bytes, in place.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Reads the message of a recognized cell.</summary>
    /// <exception cref="ProtocolException">The payload is not 509 bytes, or its length field exceeds 498.</exception>
    public static RelayMessage Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != PayloadSize)
        {
            throw new ProtocolException($"A relay cell has {payload.Length} bytes, expected {PayloadSize}.");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(payload[9..]);
        if (length > BodyMax)
        {
            throw new ProtocolException($"A relay message claims {length} bytes, at most {BodyMax} fit.");
        }

        var stream = new StreamId(BinaryPrimitives.ReadUInt16BigEndian(payload[3..]));
        return new RelayMessage((RelayCommand)payload[0], stream, payload.Slice(HeaderSize, length));
    }

    /// <summary>Writes a message with recognized and digest zero; after the body come 4 zero bytes, then random ones.</summary>
    /// <param name="payload">All 509 bytes of the cell's payload.</param>
    /// <param name="command">What it is.</param>
    /// <param name="stream">The stream it belongs to.</param>
    /// <param name="body">0 to 498 bytes; it may already lie in <paramref name="payload"/> at its place.</param>
    /// <param name="padding">Gives the random padding.</param>
    /// <exception cref="ArgumentException">The payload is not 509 bytes, or the body longer than 498.</exception>
    public static void Write(Span<byte> payload, RelayCommand command, StreamId stream, ReadOnlySpan<byte> body, IRandomSource padding)
    {
        if (payload.Length != PayloadSize || body.Length > BodyMax)
        {
            throw new ArgumentException($"A relay cell takes {PayloadSize} bytes and a body of at most {BodyMax}.", nameof(body));
        }

        body.CopyTo(payload[HeaderSize..]);
        payload[..HeaderSize].Clear();
        payload[0] = (byte)command;
        BinaryPrimitives.WriteUInt16BigEndian(payload[3..], stream.Value);
        BinaryPrimitives.WriteUInt16BigEndian(payload[9..], (ushort)body.Length);
        var rest = payload[(HeaderSize + body.Length)..];
        var zeros = Math.Min(ZeroPadding, rest.Length);
        rest[..zeros].Clear();
        if (rest.Length > zeros)
        {
            padding.Fill(rest[zeros..]);
        }
    }
}
