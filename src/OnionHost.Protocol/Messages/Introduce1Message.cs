using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>
/// INTRODUCE1, from client to introduction point, and INTRODUCE2, the same bytes from there to the service
/// (rend-spec-v3 3.2.1, 3.3.2). Reading and writing again gives the same bytes, so the MAC can be checked over them.
/// </summary>
/// <param name="AuthKey">Which introduction point of which service.</param>
/// <param name="Extensions">Extensions for the introduction point.</param>
/// <param name="ClientKey">The client's x25519 key.</param>
/// <param name="Encrypted">The encrypted <see cref="IntroducePlaintext"/> with its padding.</param>
/// <param name="Mac">32 bytes over everything before them.</param>
public readonly record struct Introduce1Message(
    Ed25519Identity AuthKey,
    ImmutableArray<IntroduceExtension> Extensions,
    Curve25519PublicKey ClientKey,
    ReadOnlyMemory<byte> Encrypted,
    ReadOnlyMemory<byte> Mac)
{
    /// <summary>Length of <see cref="Mac"/> in bytes.</summary>
    public const int MacSize = 32;

    private const int LegacyKeySize = 20;

    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is truncated, or its key of another kind.</exception>
    public static Introduce1Message Read(ref SpanReader reader)
    {
        var authKey = ReadAuthKey(ref reader);
        var extensions = IntroduceExtensions.Read(ref reader);
        var clientKey = new Curve25519PublicKey(reader.ReadBytes(Curve25519PublicKey.Size));
        var encrypted = reader.ReadBytes(reader.Remaining - MacSize).ToArray();
        return new Introduce1Message(authKey, extensions, clientKey, encrypted, reader.ReadBytes(MacSize).ToArray());
    }

    /// <summary>Reads only the front of the body, all that an introduction point looks at.</summary>
    /// <exception cref="ProtocolException">It is truncated, or its key of another kind.</exception>
    public static Ed25519Identity ReadAuthKey(ref SpanReader reader)
    {
        if (reader.ReadBytes(LegacyKeySize).IndexOfAnyExcept((byte)0) >= 0)
        {
            throw new ProtocolException("INTRODUCE1 has the form of an older protocol.");
        }

        return IntroduceKey.Read(ref reader);
    }

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer)
    {
        WriteHeader(ref writer, AuthKey, Extensions, ClientKey);
        writer.WriteBytes(Encrypted.Span);
        writer.WriteBytes(Mac.Span);
    }

    /// <summary>Writes what comes before the encrypted part.</summary>
    public static void WriteHeader(
        ref SpanWriter writer, in Ed25519Identity authKey, ImmutableArray<IntroduceExtension> extensions, in Curve25519PublicKey clientKey)
    {
        writer.Reserve(LegacyKeySize).Clear();
        IntroduceKey.Write(ref writer, authKey);
        IntroduceExtensions.Write(ref writer, extensions);
        writer.WriteBytes(clientKey.Span);
    }
}
