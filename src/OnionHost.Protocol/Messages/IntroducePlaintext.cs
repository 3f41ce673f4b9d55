using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>What a client tells the service inside INTRODUCE1 (rend-spec-v3 3.3).</summary>
/// <param name="Cookie">The rendezvous cookie, 20 bytes.</param>
/// <param name="Extensions">Extensions for the service.</param>
/// <param name="OnionKey">The rendezvous point's ntor onion key.</param>
/// <param name="Specifiers">Which relay is the rendezvous point, and where.</param>
public readonly record struct IntroducePlaintext(
    ReadOnlyMemory<byte> Cookie,
    ImmutableArray<IntroduceExtension> Extensions,
    Curve25519PublicKey OnionKey,
    ImmutableArray<LinkSpecifier> Specifiers)
{
    private const byte NtorKind = 1;

    /// <summary>Reads it; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated, or the onion key of another kind.</exception>
    public static IntroducePlaintext Read(ref SpanReader reader)
    {
        var cookie = reader.ReadBytes(EstablishRendezvousMessage.CookieSize).ToArray();
        var extensions = IntroduceExtensions.Read(ref reader);
        reader.ReadExpected(NtorKind, "The rendezvous point's kind of onion key");
        if (reader.ReadUInt16() != Curve25519PublicKey.Size)
        {
            throw new ProtocolException("The rendezvous point's onion key has the wrong length.");
        }

        var onionKey = new Curve25519PublicKey(reader.ReadBytes(Curve25519PublicKey.Size));
        return new IntroducePlaintext(cookie, extensions, onionKey, LinkSpecifiers.Read(ref reader));
    }

    /// <summary>Writes it without padding.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteBytes(Cookie.Span);
        IntroduceExtensions.Write(ref writer, Extensions);
        writer.WriteByte(NtorKind);
        writer.WriteUInt16(Curve25519PublicKey.Size);
        writer.WriteBytes(OnionKey.Span);
        LinkSpecifiers.Write(ref writer, Specifiers);
    }
}
