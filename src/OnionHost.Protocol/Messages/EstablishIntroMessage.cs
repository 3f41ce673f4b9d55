using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>ESTABLISH_INTRO: a service asks the circuit's last relay to be an introduction point (rend-spec-v3 3.1.1).</summary>
/// <param name="AuthKey">The key that clients name the introduction point by.</param>
/// <param name="Extensions">Among them limits on floods, type 1.</param>
/// <param name="Mac">32 bytes that bind the message to the circuit.</param>
/// <param name="Signature">64 bytes by <paramref name="AuthKey"/>.</param>
public readonly record struct EstablishIntroMessage(
    Ed25519Identity AuthKey, ImmutableArray<IntroduceExtension> Extensions, ReadOnlyMemory<byte> Mac, ReadOnlyMemory<byte> Signature)
{
    private const int MacSize = 32;
    private const int SignatureSize = 64;

    /// <summary>Reads the body; bytes after the signature are ignored.</summary>
    /// <exception cref="ProtocolException">It is truncated, or a key or signature has another kind or length.</exception>
    public static EstablishIntroMessage Read(ref SpanReader reader)
    {
        var authKey = IntroduceKey.Read(ref reader);
        var extensions = IntroduceExtensions.Read(ref reader);
        var mac = reader.ReadBytes(MacSize).ToArray();
        if (reader.ReadUInt16() != SignatureSize)
        {
            throw new ProtocolException("ESTABLISH_INTRO has a signature of the wrong length.");
        }

        return new EstablishIntroMessage(authKey, extensions, mac, reader.ReadBytes(SignatureSize).ToArray());
    }

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer)
    {
        WriteCoveredByMac(ref writer);
        writer.WriteBytes(Mac.Span);
        writer.WriteUInt16(SignatureSize);
        writer.WriteBytes(Signature.Span);
    }

    private void WriteCoveredByMac(ref SpanWriter writer)
    {
        IntroduceKey.Write(ref writer, AuthKey);
        IntroduceExtensions.Write(ref writer, Extensions);
    }
}
