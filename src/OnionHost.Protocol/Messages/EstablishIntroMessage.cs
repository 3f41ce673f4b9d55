using System.Collections.Immutable;
using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
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

    private static ReadOnlySpan<byte> SignaturePrefix => "Tor establish-intro cell v1"u8;

    /// <summary>Makes and signs the message.</summary>
    /// <param name="authKey">The introduction point's authentication key.</param>
    /// <param name="extensions">Extensions for the relay; a default array is an empty list.</param>
    /// <param name="circuitBinding">The circuit's KH with that relay, 20 bytes.</param>
    public static EstablishIntroMessage Create(
        IEd25519Signer authKey, ImmutableArray<IntroduceExtension> extensions, ReadOnlySpan<byte> circuitBinding)
    {
        ArgumentNullException.ThrowIfNull(authKey);
        var unsigned = new EstablishIntroMessage(authKey.Public, extensions.IsDefault ? [] : extensions, new byte[MacSize], default);
        var bound = unsigned with { Mac = unsigned.ComputeMac(circuitBinding) };
        return bound with { Signature = authKey.Sign(bound.Signed()) };
    }

    /// <summary>True if the message was made for this circuit and by the holder of <see cref="AuthKey"/>.</summary>
    /// <param name="circuitBinding">The circuit's KH, 20 bytes.</param>
    public bool Verify(ReadOnlySpan<byte> circuitBinding) =>
        CryptographicOperations.FixedTimeEquals(ComputeMac(circuitBinding), Mac.Span)
        && Ed25519.Verify(AuthKey, Signed(), Signature.Span);

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

    private byte[] ComputeMac(ReadOnlySpan<byte> circuitBinding)
    {
        var mac = new byte[MacSize];
        using var hasher = new Sha3Hasher();
        hasher.AppendUInt64((ulong)circuitBinding.Length).Append(circuitBinding).Append(CoveredByMac()).Finish(mac);
        return mac;
    }

    private byte[] Signed() => [.. SignaturePrefix, .. CoveredByMac(), .. Mac.Span];

    private byte[] CoveredByMac()
    {
        Span<byte> buffer = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(buffer);
        WriteCoveredByMac(ref writer);
        return writer.Written.ToArray();
    }

    private void WriteCoveredByMac(ref SpanWriter writer)
    {
        IntroduceKey.Write(ref writer, AuthKey);
        IntroduceExtensions.Write(ref writer, Extensions);
    }
}
