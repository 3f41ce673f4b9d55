using System.Collections.Immutable;
using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Handshakes;

/// <summary>
/// The relay's side of ntor-v3 (proposal 332), in two steps: <see cref="Open"/> shows what the client asks for, <see cref="Answer"/>
/// grants. Disposing zeroises its secrets.
/// </summary>
public sealed class NtorV3Server : IDisposable
{
    private readonly NtorV3Transcript _transcript;
    private readonly Curve25519PublicKey _client;
    private readonly byte[] _mac;
    private readonly byte[] _shared = new byte[2 * NtorV3Transcript.SharedSize];

    private NtorV3Server(NtorV3Transcript transcript, in Curve25519PublicKey client, byte[] mac, ReadOnlySpan<byte> shared)
    {
        _transcript = transcript;
        _client = client;
        _mac = mac;
        shared.CopyTo(_shared.AsSpan(NtorV3Transcript.SharedSize));
    }

    /// <summary>What the client asks for.</summary>
    public ImmutableArray<NtorV3Extension> Extensions { get; private set; } = [];

    /// <summary>The client's message as it was encrypted.</summary>
    internal byte[] ClientMessage { get; private init; } = [];

    /// <summary>Reads and verifies an onionskin.</summary>
    /// <param name="onionskin">ID 32, B 32, X 32, message, MAC 32 bytes.</param>
    /// <param name="id">Our own Ed25519 identity.</param>
    /// <param name="keys">Our onion keys. For a B that is neither, the MAC is wrong.</param>
    /// <exception cref="ProtocolException">Truncated, meant for another relay or key, changed on the way, or with malformed extensions.</exception>
    public static NtorV3Server Open(ReadOnlySpan<byte> onionskin, in Ed25519Identity id, NtorOnionKeys keys)
    {
        var server = OpenMessage(onionskin, id, keys, NtorV3Transcript.CircuitVerification);
        server.Extensions = NtorV3Extensions.Read(server.ClientMessage);
        return server;
    }

    /// <summary>Completes the handshake.</summary>
    /// <param name="granted">Our extensions.</param>
    /// <param name="random">For the ephemeral key.</param>
    /// <param name="reply">Y 32, AUTH 32, message.</param>
    /// <exception cref="ProtocolException">The client's key is of small order.</exception>
    public CircuitKeyMaterial Answer(IEnumerable<NtorV3Extension> granted, IRandomSource random, out byte[] reply)
    {
        using var ephemeral = X25519KeyPair.Generate(random);
        Span<byte> material = stackalloc byte[CircuitKeyMaterial.Tor1Size];
        reply = AnswerMessage(NtorV3Extensions.Write(granted), ephemeral, material);
        var keys = CircuitKeyMaterial.FromNtor(material);
        CryptographicOperations.ZeroMemory(material);
        return keys;
    }

    /// <summary>Zeroises the secrets.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_shared);

    internal static NtorV3Server OpenMessage(ReadOnlySpan<byte> onionskin, in Ed25519Identity id, NtorOnionKeys keys, ReadOnlySpan<byte> verification)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var reader = new SpanReader(onionskin);
        var wantedId = new Ed25519Identity(reader.ReadBytes(32));
        var wantedKey = new Curve25519PublicKey(reader.ReadBytes(32));
        var client = new Curve25519PublicKey(reader.ReadBytes(32));
        var message = reader.ReadBytes(reader.Remaining - NtorV3Transcript.MacSize).ToArray();
        var mac = reader.ReadToEnd().ToArray();
        if (wantedId != id)
        {
            throw new ProtocolException("The ntor-v3 onionskin is meant for another relay.");
        }

        var onionKey = keys.Previous is { } previous && previous.Public == wantedKey ? previous : keys.Current;
        Span<byte> shared = stackalloc byte[NtorV3Transcript.SharedSize];
        Span<byte> expected = stackalloc byte[NtorV3Transcript.MacSize];
        onionKey.Agree(client, shared);
        var transcript = new NtorV3Transcript(id, onionKey.Public, client, verification);
        transcript.OpenClientMessage(shared, message, expected);
        if (!CryptographicOperations.FixedTimeEquals(mac, expected))
        {
            throw new ProtocolException("The ntor-v3 onionskin has a wrong MAC: another onion key, or changed on the way.");
        }

        var server = new NtorV3Server(transcript, client, mac, shared) { ClientMessage = message };
        CryptographicOperations.ZeroMemory(shared);
        return server;
    }

    internal byte[] AnswerMessage(ReadOnlySpan<byte> message, X25519KeyPair ephemeral, Span<byte> material)
    {
        var reply = new byte[NtorV3ClientHandshake.ReplyOverhead + message.Length];
        var answer = reply.AsSpan(NtorV3ClientHandshake.ReplyOverhead);
        message.CopyTo(answer);
        ephemeral.Public.Span.CopyTo(reply);
        ephemeral.Agree(_client, _shared.AsSpan(0, NtorV3Transcript.SharedSize));
        Span<byte> verify = stackalloc byte[32];
        var final = new byte[32 + material.Length];
        _transcript.Finish(_shared, ephemeral.Public, verify, final);
        NtorV3Transcript.CryptServerMessage(final, answer);
        _transcript.Auth(verify, ephemeral.Public, _mac, answer, reply.AsSpan(32, NtorV3Transcript.AuthSize));
        final.AsSpan(32).CopyTo(material);
        CryptographicOperations.ZeroMemory(verify);
        CryptographicOperations.ZeroMemory(final);
        return reply;
    }
}
