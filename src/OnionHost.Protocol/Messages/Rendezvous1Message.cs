using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>RENDEZVOUS1: the service joins its circuit to the client's (rend-spec-v3 4.2).</summary>
/// <param name="Cookie">The client's rendezvous cookie, 20 bytes.</param>
/// <param name="Handshake">The body of <see cref="Rendezvous2Message"/> with its padding; it passes through.</param>
public readonly record struct Rendezvous1Message(ReadOnlyMemory<byte> Cookie, ReadOnlyMemory<byte> Handshake)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static Rendezvous1Message Read(ref SpanReader reader)
    {
        var cookie = reader.ReadBytes(EstablishRendezvousMessage.CookieSize).ToArray();
        return new Rendezvous1Message(cookie, reader.ReadToEnd().ToArray());
    }

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteBytes(Cookie.Span);
        writer.WriteBytes(Handshake.Span);
    }
}
