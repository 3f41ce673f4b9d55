using System.Collections.Immutable;
using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The client's side of ntor-v3 (proposal 332): ntor with encrypted extensions both ways, under the relay's Ed25519 identity.</summary>
public sealed class NtorV3ClientHandshake : ClientHandshake
{
    /// <summary>Bytes of the onionskin besides the message: ID 32, B 32, X 32, MAC 32.</summary>
    public const int OnionskinOverhead = 128;

    /// <summary>Bytes of the reply besides the message: Y 32, AUTH 32.</summary>
    public const int ReplyOverhead = 64;

    private readonly NtorV3Transcript _transcript;
    private readonly Curve25519PublicKey _onionKey;
    private readonly X25519KeyPair _ephemeral;

    private NtorV3ClientHandshake(NtorV3Transcript transcript, in Curve25519PublicKey onionKey, X25519KeyPair ephemeral, byte[] onionskin)
        : base(HandshakeType.NtorV3, onionskin)
    {
        _transcript = transcript;
        _onionKey = onionKey;
        _ephemeral = ephemeral;
    }

    /// <summary>What the relay granted; empty before <see cref="Complete"/>.</summary>
    public ImmutableArray<NtorV3Extension> ReplyExtensions { get; private set; } = [];

    /// <summary>Begins a handshake with the relay that has this identity and onion key.</summary>
    /// <param name="id">The relay's Ed25519 identity.</param>
    /// <param name="onionKey">The relay's ntor onion key.</param>
    /// <param name="extensions">What is asked for; may be empty.</param>
    /// <param name="random">For the ephemeral key.</param>
    /// <exception cref="ProtocolException">The onion key is of small order.</exception>
    public static NtorV3ClientHandshake Begin(
        in Ed25519Identity id, in Curve25519PublicKey onionKey, IEnumerable<NtorV3Extension> extensions, IRandomSource random) =>
        Begin(id, onionKey, NtorV3Extensions.Write(extensions), NtorV3Transcript.CircuitVerification, X25519KeyPair.Generate(random));

    /// <inheritdoc/>
    public override CircuitKeyMaterial Complete(ReadOnlySpan<byte> reply)
    {
        Span<byte> material = stackalloc byte[CircuitKeyMaterial.Tor1Size];
        try
        {
            ReplyExtensions = NtorV3Extensions.Read(CompleteMessage(reply, material));
            return CircuitKeyMaterial.FromNtor(material);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _ephemeral.Dispose();

    internal static NtorV3ClientHandshake Begin(
        in Ed25519Identity id, in Curve25519PublicKey onionKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> verification, X25519KeyPair ephemeral)
    {
        var onionskin = new byte[OnionskinOverhead + message.Length];
        var writer = new SpanWriter(onionskin);
        writer.WriteBytes(id.Span);
        writer.WriteBytes(onionKey.Span);
        writer.WriteBytes(ephemeral.Public.Span);
        var sealedMessage = writer.Reserve(message.Length);
        message.CopyTo(sealedMessage);

        Span<byte> shared = stackalloc byte[NtorV3Transcript.SharedSize];
        ephemeral.Agree(onionKey, shared);
        var transcript = new NtorV3Transcript(id, onionKey, ephemeral.Public, verification);
        transcript.SealClientMessage(shared, sealedMessage, writer.Reserve(NtorV3Transcript.MacSize));
        CryptographicOperations.ZeroMemory(shared);
        return new NtorV3ClientHandshake(transcript, onionKey, ephemeral, onionskin);
    }

    /// <summary>Checks the reply, fills the key material and gives the relay's message.</summary>
    internal byte[] CompleteMessage(ReadOnlySpan<byte> reply, Span<byte> material)
    {
        if (reply.Length < ReplyOverhead)
        {
            throw new ProtocolException($"An ntor-v3 reply has at least {ReplyOverhead} bytes, got {reply.Length}.");
        }

        var server = new Curve25519PublicKey(reply[..32]);
        var message = reply[ReplyOverhead..].ToArray();
        Span<byte> shared = stackalloc byte[2 * NtorV3Transcript.SharedSize];
        Span<byte> verify = stackalloc byte[32];
        Span<byte> auth = stackalloc byte[NtorV3Transcript.AuthSize];
        var final = new byte[32 + material.Length];
        try
        {
            _ephemeral.Agree(server, shared[..32]);
            _ephemeral.Agree(_onionKey, shared[32..]);
            _transcript.Finish(shared, server, verify, final);
            _transcript.Auth(verify, server, Onionskin.Span[^NtorV3Transcript.MacSize..], message, auth);
            if (!CryptographicOperations.FixedTimeEquals(auth, reply[32..ReplyOverhead]))
            {
                throw new ProtocolException("The relay's ntor-v3 reply does not prove that it has its onion key.");
            }

            NtorV3Transcript.CryptServerMessage(final, message);
            final.AsSpan(32).CopyTo(material);
            return message;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
            CryptographicOperations.ZeroMemory(verify);
            CryptographicOperations.ZeroMemory(final);
        }
    }
}
