using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>ESTABLISH_RENDEZVOUS: a client asks the circuit's last relay to be its rendezvous point (rend-spec-v3 4.1).</summary>
/// <param name="Cookie">20 random bytes, never used twice.</param>
public readonly record struct EstablishRendezvousMessage(ReadOnlyMemory<byte> Cookie)
{
    /// <summary>Length of a rendezvous cookie in bytes.</summary>
    public const int CookieSize = 20;

    /// <summary>Reads the body; bytes after the cookie are ignored.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static EstablishRendezvousMessage Read(ref SpanReader reader) => new(reader.ReadBytes(CookieSize).ToArray());

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer) => writer.WriteBytes(Cookie.Span);
}
