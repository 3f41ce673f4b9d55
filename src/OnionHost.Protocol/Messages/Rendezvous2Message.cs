using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>RENDEZVOUS2: the service's half of the handshake reaches the client (rend-spec-v3 4.2).</summary>
/// <param name="ServerKey">The service's x25519 key for this connection.</param>
/// <param name="Auth">32 bytes that prove the service.</param>
public readonly record struct Rendezvous2Message(Curve25519PublicKey ServerKey, ReadOnlyMemory<byte> Auth)
{
    /// <summary>Length of <see cref="Auth"/> in bytes.</summary>
    public const int AuthSize = 32;

    /// <summary>Reads the body; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static Rendezvous2Message Read(ref SpanReader reader)
    {
        var serverKey = new Curve25519PublicKey(reader.ReadBytes(Curve25519PublicKey.Size));
        return new Rendezvous2Message(serverKey, reader.ReadBytes(AuthSize).ToArray());
    }

    /// <summary>Writes the body without padding.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteBytes(ServerKey.Span);
        writer.WriteBytes(Auth.Span);
    }
}
