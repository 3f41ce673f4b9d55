using System.Collections.Immutable;
using System.Security.Cryptography;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>Makes and checks ESTABLISH_INTRO with its MAC and signature (rend-spec-v3 3.1.1).</summary>
internal static class EstablishIntroduction
{
    private const int MacSize = 32;
    private const int SignatureSize = 64;
    private const int SignatureLengthSize = 2;

    private static ReadOnlySpan<byte> SignaturePrefix => "Tor establish-intro cell v1"u8;

    /// <summary>The body for an introduction point.</summary>
    /// <param name="authKey">The introduction point's own key pair.</param>
    /// <param name="circuitBinding">KH of the circuit's last hop, 20 bytes.</param>
    /// <param name="extensions">What the relay shall know; usually nothing.</param>
    public static byte[] Create(IEd25519Signer authKey, ReadOnlySpan<byte> circuitBinding, ImmutableArray<IntroduceExtension> extensions)
    {
        var body = Encode(new EstablishIntroMessage(authKey.Public, extensions, new byte[MacSize], new byte[SignatureSize]));
        var covered = body.AsSpan(0, body.Length - MacSize - SignatureLengthSize - SignatureSize);
        Mac(circuitBinding, covered, body.AsSpan(covered.Length, MacSize));
        authKey.Sign(SignedPart(body.AsSpan(0, covered.Length + MacSize)), body.AsSpan(body.Length - SignatureSize));
        return body;
    }

    /// <summary>Reads a body and checks that it was made for this circuit by the key's owner.</summary>
    /// <exception cref="ProtocolException">It is malformed, made for another circuit, or wrongly signed.</exception>
    public static EstablishIntroMessage Open(ReadOnlySpan<byte> body, ReadOnlySpan<byte> circuitBinding)
    {
        var reader = new SpanReader(body);
        var message = EstablishIntroMessage.Read(ref reader);
        var upToMac = body[..(body.Length - reader.Remaining - SignatureLengthSize - SignatureSize)];
        Span<byte> mac = stackalloc byte[MacSize];
        Mac(circuitBinding, upToMac[..^MacSize], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, message.Mac.Span))
        {
            throw new ProtocolException("ESTABLISH_INTRO was not made for this circuit.");
        }

        return Ed25519.Verify(message.AuthKey, SignedPart(upToMac), message.Signature.Span)
            ? message
            : throw new ProtocolException("ESTABLISH_INTRO has a wrong signature.");
    }

    private static byte[] Encode(in EstablishIntroMessage message)
    {
        Span<byte> buffer = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(buffer);
        message.Write(ref writer);
        return writer.Written.ToArray();
    }

    private static void Mac(ReadOnlySpan<byte> circuitBinding, ReadOnlySpan<byte> covered, Span<byte> mac)
    {
        var hasher = new Sha3Hasher();
        hasher.AppendUInt64((ulong)circuitBinding.Length);
        hasher.Append(circuitBinding);
        hasher.Append(covered);
        hasher.Finish(mac);
    }

    private static byte[] SignedPart(ReadOnlySpan<byte> upToMac) => [.. SignaturePrefix, .. upToMac];
}
