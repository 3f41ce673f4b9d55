using System.Security.Cryptography;
using System.Text;
using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Network.Relays.Keys;

/// <summary>A relay's keys in C tor's file names and formats, so that a relay can change between the two programs and stay itself.</summary>
internal sealed class RelayKeyFiles(KeyDirectory directory)
{
    private const string RsaIdentity = "secret_id_key";
    private const string RsaOnion = "secret_onion_key";
    private const string NtorOnion = "secret_onion_key_ntor";
    private const string MasterSecret = "ed25519_master_id_secret_key";
    private const string MasterPublic = "ed25519_master_id_public_key";
    private const string SigningSecret = "ed25519_signing_secret_key";
    private const string SigningCertificate = "ed25519_signing_cert";
    private const string Old = ".old";

    private const string MasterSecretLabel = "ed25519v1-secret: type0";
    private const string MasterPublicLabel = "ed25519v1-public: type0";
    private const string SigningSecretLabel = "ed25519v1-secret: type4";
    private const string SigningCertificateLabel = "ed25519v1-cert: type4";
    private const string NtorLabel = "c25519v1: onion";

    /// <summary>The identity; null if neither half of it is there.</summary>
    /// <exception cref="TorException">Half of it is missing, or it does not fit together.</exception>
    public RelayIdentity? LoadIdentity()
    {
        var (hasRsa, hasMaster) = (directory.Has(RsaIdentity), directory.Has(MasterSecret));
        if (!hasRsa && !hasMaster && !directory.Has(MasterPublic))
        {
            return null;
        }

        if (!hasRsa || !hasMaster)
        {
            var missing = hasRsa ? MasterSecret : RsaIdentity;
            throw directory.Foreign(missing,
                directory.Has(missing + "_encrypted")
                    ? "only its encrypted form is here, and encrypted keys are not supported"
                    : "it is missing while other keys of the relay are here; authorities would refuse a relay with one new identity and one old");
        }

        var master = directory.Read(MasterSecret, c => Ed25519ExpandedKey.FromBytes(TaggedKeyFile.Parse(c, MasterSecretLabel, Ed25519ExpandedKey.Size)));
        if (directory.Has(MasterPublic)
            && !directory.Read(MasterPublic, c => TaggedKeyFile.Parse(c, MasterPublicLabel, 32).SequenceEqual(master.Public.ToArray())))
        {
            throw directory.Foreign(MasterPublic, $"it does not belong to {MasterSecret}");
        }

        return new RelayIdentity(LoadRsa(RsaIdentity), master);
    }

    /// <summary>Writes a new identity.</summary>
    public void Save(RelayIdentity identity)
    {
        directory.Write(RsaIdentity, Encoding.ASCII.GetBytes(identity.Rsa.ToPkcs1Pem()));
        directory.Write(MasterSecret, SecretOf(identity.Master, MasterSecretLabel));
        directory.Write(MasterPublic, TaggedKeyFile.Format(MasterPublicLabel, identity.Master.Public.Span));
    }

    /// <summary>The signing key; null if it is missing.</summary>
    /// <exception cref="TorException">The certificate is another key's, or another master's.</exception>
    public RelaySigningKey? LoadSigningKey(RelayIdentity identity)
    {
        if (!directory.Has(SigningSecret) || !directory.Has(SigningCertificate))
        {
            return null;
        }

        var key = directory.Read(SigningSecret, c => Ed25519ExpandedKey.FromBytes(TaggedKeyFile.Parse(c, SigningSecretLabel, Ed25519ExpandedKey.Size)));
        var certificate = directory.Read(SigningCertificate, c => Ed25519Certificate.Parse(TaggedKeyFile.Parse(c, SigningCertificateLabel)));
        return certificate.Type == Ed25519CertificateType.SigningKey && certificate.CertifiedKey == key.Public
            && certificate.VerifySignature(identity.Master.Public)
            ? new RelaySigningKey(key, certificate)
            : throw directory.Foreign(SigningCertificate, $"it does not certify {SigningSecret} in the name of {MasterSecret}");
    }

    /// <summary>Writes a new signing key.</summary>
    public void Save(RelaySigningKey signing)
    {
        directory.Write(SigningSecret, SecretOf(signing.Key, SigningSecretLabel));
        directory.Write(SigningCertificate, TaggedKeyFile.Format(SigningCertificateLabel, signing.Certificate.Bytes.Span));
    }

    /// <summary>The onion keys; null if they are missing. Their age is that of the file.</summary>
    public RelayOnionKeys? LoadOnionKeys()
    {
        if (!directory.Has(RsaOnion) || !directory.Has(NtorOnion))
        {
            return null;
        }

        var previous = directory.Has(NtorOnion + Old) ? LoadNtor(NtorOnion + Old) : null;
        return new RelayOnionKeys(LoadRsa(RsaOnion), new NtorOnionKeys(LoadNtor(NtorOnion), previous), directory.WrittenAt(NtorOnion));
    }

    /// <summary>Writes new onion keys, and keeps the old ones as C tor does.</summary>
    public void Save(RelayOnionKeys onion)
    {
        directory.KeepOld(RsaOnion);
        directory.KeepOld(NtorOnion);
        directory.Write(RsaOnion, Encoding.ASCII.GetBytes(onion.Rsa.ToPkcs1Pem()));
        Span<byte> pair = stackalloc byte[2 * X25519KeyPair.Size];
        onion.Ntor.Current.CopySecretTo(pair[..X25519KeyPair.Size]);
        onion.Ntor.Current.Public.Span.CopyTo(pair[X25519KeyPair.Size..]);
        directory.Write(NtorOnion, TaggedKeyFile.Format(NtorLabel, pair));
        CryptographicOperations.ZeroMemory(pair);
    }

    /// <summary>Forgets the onion keys that are not answered any more.</summary>
    public void RemoveOldOnionKeys()
    {
        directory.Remove(RsaOnion + Old);
        directory.Remove(NtorOnion + Old);
    }

    private static byte[] SecretOf(Ed25519ExpandedKey key, string label)
    {
        Span<byte> secret = stackalloc byte[Ed25519ExpandedKey.Size];
        key.CopyTo(secret);
        var content = TaggedKeyFile.Format(label, secret);
        CryptographicOperations.ZeroMemory(secret);
        return content;
    }

    private RsaKeyPair LoadRsa(string name) => directory.Read(name, content =>
    {
        var key = RsaKeyPair.FromPkcs1Pem(Encoding.ASCII.GetString(content));
        return key.Public.Bits == RelayIdentity.RsaBits
            ? key
            : throw new ProtocolException($"it is an RSA key of {key.Public.Bits} bits, {RelayIdentity.RsaBits} are right");
    });

    private X25519KeyPair LoadNtor(string name) => directory.Read(name, content =>
    {
        var pair = TaggedKeyFile.Parse(content, NtorLabel, 2 * X25519KeyPair.Size);
        var key = X25519KeyPair.FromSecret(pair[..X25519KeyPair.Size]);
        return key.Public.Span.SequenceEqual(pair[X25519KeyPair.Size..])
            ? key
            : throw new ProtocolException("its public half does not belong to its secret half");
    });
}
