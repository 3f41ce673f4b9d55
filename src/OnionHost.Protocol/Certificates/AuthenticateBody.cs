using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Certificates;

/// <summary>The body of AUTHENTICATE, method 3 (tor-spec 4.4.2): both identities, what was said, the TLS connection, and a
/// signature over it.</summary>
public static class AuthenticateBody
{
    /// <summary>The method's number.</summary>
    public const ushort Method = 3;

    /// <summary>Length in bytes.</summary>
    public const int Size = SignedSize + Ed25519.SignatureSize;

    /// <summary>The label under which TLS exports keying material; its context is <see cref="ExporterContext"/>.</summary>
    public const string ExporterLabel = "EXPORTER FOR TOR TLS CLIENT BINDING AUTH0003";

    private const int FixedSize = 8 + (8 * 32);
    private const int NonceSize = 24;
    private const int SignedSize = FixedSize + NonceSize;

    /// <summary>The context of the export: SHA-256 of the initiator's RSA identity key, 32 bytes.</summary>
    public static byte[] ExporterContext(RsaPublicKey initiator)
    {
        ArgumentNullException.ThrowIfNull(initiator);
        return SHA256.HashData(initiator.Pkcs1.Span);
    }

    /// <summary>Builds and signs the body.</summary>
    public static byte[] Build(AuthenticateInputs inputs, IEd25519Signer authenticationKey, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(authenticationKey);
        ArgumentNullException.ThrowIfNull(random);
        var body = new byte[Size];
        WriteFixed(inputs, body);
        random.Fill(body.AsSpan(FixedSize, NonceSize));
        authenticationKey.Sign(body.AsSpan(0, SignedSize), body.AsSpan(SignedSize));
        return body;
    }

    /// <summary>Checks a body against what we know and the initiator's authentication key.</summary>
    /// <exception cref="ProtocolException">A field or the signature is wrong.</exception>
    public static void Verify(ReadOnlySpan<byte> body, AuthenticateInputs inputs, in Ed25519Identity authenticationKey)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (body.Length != Size)
        {
            throw new ProtocolException($"AUTHENTICATE has {body.Length} bytes, expected {Size}.");
        }

        Span<byte> expected = stackalloc byte[FixedSize];
        WriteFixed(inputs, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, body[..FixedSize]))
        {
            throw new ProtocolException("AUTHENTICATE does not match this link.");
        }

        if (!Ed25519.Verify(authenticationKey, body[..SignedSize], body[SignedSize..]))
        {
            throw new ProtocolException("AUTHENTICATE has a wrong signature.");
        }
    }

    private static void WriteFixed(AuthenticateInputs inputs, Span<byte> destination)
    {
        var writer = new SpanWriter(destination[..FixedSize]);
        writer.WriteBytes("AUTH0003"u8);
        SHA256.HashData(inputs.InitiatorRsaKey.Pkcs1.Span, writer.Reserve(32));
        SHA256.HashData(inputs.ResponderRsaKey.Pkcs1.Span, writer.Reserve(32));
        var (initiator, responder) = (inputs.InitiatorIdentity, inputs.ResponderIdentity);
        writer.WriteBytes(initiator.Span);
        writer.WriteBytes(responder.Span);
        writer.WriteBytes(inputs.Transcript.Responder.Span);
        writer.WriteBytes(inputs.Transcript.Initiator.Span);
        writer.WriteBytes(inputs.LeafDigest.Span);
        writer.WriteBytes(inputs.TlsSecrets.Span);
    }
}
