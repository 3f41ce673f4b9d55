using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The relay's side of ntor (tor-spec 5.1.4).</summary>
public static class NtorServer
{
    /// <summary>Answers an onionskin (84 bytes) and gives the circuit's keys.</summary>
    /// <param name="onionskin">ID 20, B 32, X 32 bytes.</param>
    /// <param name="id">Our own identity.</param>
    /// <param name="keys">Our onion keys. For a B that is neither, the handshake goes on with a junk key and fails at the client.</param>
    /// <param name="random">For the ephemeral key.</param>
    /// <param name="reply">Takes 64 bytes: Y 32, AUTH 32.</param>
    /// <exception cref="ProtocolException">Wrong length, another relay's identity, or a client key of small order.</exception>
    public static CircuitKeyMaterial Answer(
        ReadOnlySpan<byte> onionskin, in RelayFingerprint id, NtorOnionKeys keys, IRandomSource random, Span<byte> reply)
    {
        using var ephemeral = X25519KeyPair.Generate(random);
        return Answer(onionskin, id, keys, ephemeral, reply);
    }

    internal static CircuitKeyMaterial Answer(
        ReadOnlySpan<byte> onionskin, in RelayFingerprint id, NtorOnionKeys keys, X25519KeyPair ephemeral, Span<byte> reply)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var reader = new SpanReader(onionskin);
        var wantedId = new RelayFingerprint(reader.ReadBytes(RelayFingerprint.Size));
        var wantedKey = new Curve25519PublicKey(reader.ReadBytes(32));
        var client = new Curve25519PublicKey(reader.ReadBytes(32));
        reader.ExpectEnd("ntor onionskin");
        if (wantedId != id)
        {
            throw new ProtocolException("The ntor onionskin is meant for another relay.");
        }

        var onionKey = keys.Previous is { } previous && previous.Public == wantedKey ? previous : keys.Current;
        Span<byte> shared = stackalloc byte[2 * NtorTranscript.SharedSize];
        Span<byte> material = stackalloc byte[CircuitKeyMaterial.Tor1Size];
        try
        {
            ephemeral.Agree(client, shared[..32]);
            onionKey.Agree(client, shared[32..]);
            ephemeral.Public.Span.CopyTo(reply);
            new NtorTranscript(id, onionKey.Public, client, ephemeral.Public)
                .Derive(shared, reply.Slice(32, NtorTranscript.AuthSize), material);
            return CircuitKeyMaterial.FromNtor(material);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
            CryptographicOperations.ZeroMemory(material);
        }
    }
}
