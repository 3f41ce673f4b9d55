using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The client's side of ntor (tor-spec 5.1.4): 84 bytes out, 64 bytes back.</summary>
public sealed class NtorClientHandshake : ClientHandshake
{
    /// <summary>Bytes of the onionskin: ID 20, B 32, X 32.</summary>
    public const int OnionskinSize = 84;

    /// <summary>Bytes of the reply: Y 32, AUTH 32.</summary>
    public const int ReplySize = 64;

    private readonly RelayFingerprint _id;
    private readonly Curve25519PublicKey _onionKey;
    private readonly X25519KeyPair _ephemeral;

    private NtorClientHandshake(in RelayFingerprint id, in Curve25519PublicKey onionKey, X25519KeyPair ephemeral, byte[] onionskin)
        : base(HandshakeType.Ntor, onionskin)
    {
        _id = id;
        _onionKey = onionKey;
        _ephemeral = ephemeral;
    }

    /// <summary>Begins a handshake with the relay that has this identity and onion key.</summary>
    public static NtorClientHandshake Begin(in RelayFingerprint id, in Curve25519PublicKey onionKey, IRandomSource random) =>
        Begin(id, onionKey, X25519KeyPair.Generate(random));

    /// <inheritdoc/>
    public override CircuitKeyMaterial Complete(ReadOnlySpan<byte> reply)
    {
        if (reply.Length != ReplySize)
        {
            throw new ProtocolException($"An ntor reply has {ReplySize} bytes, got {reply.Length}.");
        }

        var server = new Curve25519PublicKey(reply[..32]);
        Span<byte> shared = stackalloc byte[2 * NtorTranscript.SharedSize];
        Span<byte> auth = stackalloc byte[NtorTranscript.AuthSize];
        Span<byte> material = stackalloc byte[CircuitKeyMaterial.Tor1Size];
        try
        {
            _ephemeral.Agree(server, shared[..32]);
            _ephemeral.Agree(_onionKey, shared[32..]);
            new NtorTranscript(_id, _onionKey, _ephemeral.Public, server).Derive(shared, auth, material);
            return CryptographicOperations.FixedTimeEquals(auth, reply[32..])
                ? CircuitKeyMaterial.FromNtor(material)
                : throw new ProtocolException("The relay's ntor reply does not prove that it has its onion key.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _ephemeral.Dispose();

    internal static NtorClientHandshake Begin(in RelayFingerprint id, in Curve25519PublicKey onionKey, X25519KeyPair ephemeral)
    {
        var onionskin = new byte[OnionskinSize];
        var writer = new SpanWriter(onionskin);
        writer.WriteBytes(id.Span);
        writer.WriteBytes(onionKey.Span);
        writer.WriteBytes(ephemeral.Public.Span);
        return new NtorClientHandshake(id, onionKey, ephemeral, onionskin);
    }
}
