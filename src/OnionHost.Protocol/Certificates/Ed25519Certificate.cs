using System.Collections.Immutable;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Certificates;

/// <summary>
/// A certificate in Tor's own format (cert-spec 2.1): version 1, type, expiration in hours, kind of key, key 32,
/// extensions, signature 64 over all before it. <see cref="Parse"/> checks the form only; see <see cref="Verify"/>.
/// </summary>
public sealed class Ed25519Certificate
{
    /// <summary>The certified key is an Ed25519 key.</summary>
    public const byte Ed25519KeyType = 1;

    /// <summary>What is certified is the SHA-256 digest of an X.509 certificate.</summary>
    public const byte X509DigestKeyType = 3;

    private const byte FormatVersion = 1;
    private const byte SigningKeyExtension = 4;
    private const byte AffectsValidation = 1;
    private const int HeaderSize = 40;
    private const int ExtensionSize = 4 + Ed25519Identity.Size;

    private readonly byte[] _bytes;

    private Ed25519Certificate(byte[] bytes)
    {
        _bytes = bytes;
        var reader = new SpanReader(bytes);
        reader.ReadExpected(FormatVersion, "A certificate's version");
        Type = (Ed25519CertificateType)reader.ReadByte();
        Expiration = ExpirationHours.ToTime(reader.ReadUInt32());
        KeyType = reader.ReadByte();
        CertifiedKey = new Ed25519Identity(reader.ReadBytes(Ed25519Identity.Size));
        SigningKey = ReadExtensions(ref reader);
        reader.ReadBytes(Ed25519.SignatureSize);
        reader.ExpectEnd("A certificate");
    }

    /// <summary>What it certifies.</summary>
    public Ed25519CertificateType Type { get; }

    /// <summary>When it ends, a whole hour.</summary>
    public DateTimeOffset Expiration { get; }

    /// <summary>What <see cref="CertifiedKey"/> is: <see cref="Ed25519KeyType"/>, <see cref="X509DigestKeyType"/>.</summary>
    public byte KeyType { get; }

    /// <summary>The certified key, or the digest of one, 32 bytes.</summary>
    public Ed25519Identity CertifiedKey { get; }

    /// <summary>The key that signed it, if the certificate says so.</summary>
    public Ed25519Identity? SigningKey { get; }

    /// <summary>The whole certificate.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a certificate and checks its form, not its signature.</summary>
    /// <exception cref="ProtocolException">It is malformed, or has an unknown extension that affects validation.</exception>
    public static Ed25519Certificate Parse(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>Makes and signs a certificate.</summary>
    /// <param name="type">What it certifies.</param>
    /// <param name="key">The certified key.</param>
    /// <param name="expiration">When it ends; rounded up to a whole hour.</param>
    /// <param name="signer">Signs it.</param>
    /// <param name="includeSigningKey">True to name the signer inside.</param>
    /// <param name="keyType">What <paramref name="key"/> is.</param>
    public static Ed25519Certificate Create(
        Ed25519CertificateType type,
        in Ed25519Identity key,
        DateTimeOffset expiration,
        IEd25519Signer signer,
        bool includeSigningKey = true,
        byte keyType = Ed25519KeyType)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var size = HeaderSize + (includeSigningKey ? ExtensionSize : 0);
        var bytes = new byte[size + Ed25519.SignatureSize];
        var writer = new SpanWriter(bytes);
        writer.WriteByte(FormatVersion);
        writer.WriteByte((byte)type);
        writer.WriteUInt32(ExpirationHours.From(expiration));
        writer.WriteByte(keyType);
        writer.WriteBytes(key.Span);
        writer.WriteByte((byte)(includeSigningKey ? 1 : 0));
        if (includeSigningKey)
        {
            writer.WriteUInt16(Ed25519Identity.Size);
            writer.WriteByte(SigningKeyExtension);
            writer.WriteByte(0);
            var signingKey = signer.Public;
            writer.WriteBytes(signingKey.Span);
        }

        signer.Sign(writer.Written, writer.Reserve(Ed25519.SignatureSize));
        return new Ed25519Certificate(bytes);
    }

    /// <summary>True if <paramref name="key"/> signed it and it has not ended; also false if it names another signer.</summary>
    public bool Verify(in Ed25519Identity key, DateTimeOffset now) => now <= Expiration && VerifySignature(key);

    /// <summary>True if <paramref name="key"/> signed it, whether it has ended or not; also false if it names another signer.</summary>
    public bool VerifySignature(in Ed25519Identity key)
    {
        var signed = _bytes.AsSpan(0, _bytes.Length - Ed25519.SignatureSize);
        return (SigningKey is null || SigningKey == key) && Ed25519.Verify(key, signed, _bytes.AsSpan(signed.Length));
    }

    /// <summary>True if the signer that it names signed it and it has not ended; false if it names none.</summary>
    public bool VerifySelfContained(DateTimeOffset now) => SigningKey is { } key && Verify(key, now);

    private static Ed25519Identity? ReadExtensions(ref SpanReader reader)
    {
        Ed25519Identity? signingKey = null;
        var count = reader.ReadByte();
        for (var i = 0; i < count; i++)
        {
            var length = reader.ReadUInt16();
            var type = reader.ReadByte();
            var flags = reader.ReadByte();
            var data = reader.ReadBytes(length);
            if (type == SigningKeyExtension)
            {
                signingKey = signingKey is null
                    ? new Ed25519Identity(data)
                    : throw new ProtocolException("A certificate names its signing key twice.");
            }
            else if ((flags & AffectsValidation) != 0)
            {
                throw new ProtocolException($"A certificate has the unknown extension {type} that affects validation.");
            }
        }

        return signingKey;
    }
}
