using System.Security.Cryptography;
using System.Text;
using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays.Keys;

/// <summary>A relay's keys in C tor's file names and formats, so that a relay can change between the two programs and stay itself.</summary>
internal sealed class RelayKeyFiles(KeyDirectory directory)
{
    private const string RsaIdentity = "secret_id_key";
    private const string RsaOnion = "secret_onion_key";
    private const string NtorOnion = "secret_onion_key_ntor";
    /// <summary>The file of the master identity's secret.</summary>
    public const string MasterSecret = "ed25519_master_id_secret_key";
    /// <summary>The file of the master identity.</summary>
    public const string MasterPublic = "ed25519_master_id_public_key";
    /// <summary>The file of the signing key.</summary>
    public const string SigningSecret = "ed25519_signing_secret_key";
    /// <summary>The file of the signing key's certificate.</summary>
    public const string SigningCertificate = "ed25519_signing_cert";
    private const string Old = ".old";

    private const string MasterSecretLabel = "ed25519v1-secret: type0";
    private const string MasterPublicLabel = "ed25519v1-public: type0";
    private const string SigningSecretLabel = "ed25519v1-secret: type4";
    private const string SigningCertificateLabel = "ed25519v1-cert: type4";
    private const string NtorLabel = "c25519v1: onion";

    /// <summary>The identity; null if there is nothing of it. The master's secret may be elsewhere as long as a signing key is here.</summary>
    /// <exception cref="TorException">Half of it is missing, or it does not fit together.</exception>
    public RelayIdentity? LoadIdentity()
    {
        var (hasRsa, hasMaster) = (directory.Has(RsaIdentity), directory.Has(MasterPublic) || directory.Has(MasterSecret) || HasSigningKey);
        if (!hasRsa && !hasMaster)
        {
            return null;
        }

        if (!hasMaster || (!hasRsa && directory.Has(NtorOnion)))
        {
            throw directory.Foreign(hasRsa ? MasterSecret : RsaIdentity,
                "it is missing while other keys of the relay are here; authorities would refuse a relay with one new identity and one old");
        }

        var master = LoadMaster();
        try
        {
            var identity = master?.Public ?? LoadMasterPublic();
            return new RelayIdentity(hasRsa ? LoadRsa(RsaIdentity) : MakeRsa(), identity, master);
        }
        catch
        {
            master?.Dispose();
            throw;
        }
    }

    /// <summary>The master's secret; null if it is not here.</summary>
    /// <exception cref="TorException">It is another one's than the public key, or nothing of it is here that could do without it.</exception>
    public Ed25519ExpandedKey? LoadMaster()
    {
        if (directory.Has(MasterSecret))
        {
            var master = directory.Read(MasterSecret, c => Ed25519ExpandedKey.FromBytes(TaggedKeyFile.Parse(c, MasterSecretLabel, Ed25519ExpandedKey.Size)));
            return !directory.Has(MasterPublic) || ReadMasterPublic() == master.Public
                ? master
                : throw directory.Foreign(MasterPublic, $"it does not belong to {MasterSecret}");
        }

        if (HasSigningKey || !directory.Has(MasterPublic))
        {
            return null;
        }

        throw new TorException(TorErrorKind.Local,
            $"The master identity key in {directory.Path} is public only"
            + (directory.Has(MasterSecret + "_encrypted") ? $" (its secret is encrypted, which is not supported here)" : string.Empty)
            + $", and there is no signing key. Make one where the secret is, and copy {SigningSecret} and {SigningCertificate} here.", isTransient: false);
    }

    /// <summary>Writes a new identity.</summary>
    public void Save(RelayIdentity identity)
    {
        directory.Write(RsaIdentity, Encoding.ASCII.GetBytes(identity.Rsa.ToPkcs1Pem()));
        SaveMaster(identity.Master!);
    }

    /// <summary>Writes a new master identity.</summary>
    public void SaveMaster(Ed25519ExpandedKey master)
    {
        directory.Write(MasterSecret, SecretOf(master, MasterSecretLabel));
        SaveMasterPublic(master.Public);
    }

    /// <summary>Writes the public part of the master identity.</summary>
    public void SaveMasterPublic(Ed25519Identity identity) => directory.Write(MasterPublic, TaggedKeyFile.Format(MasterPublicLabel, identity.Span));

    /// <summary>The signing key; null if it is missing.</summary>
    /// <exception cref="TorException">The certificate is another key's, or another master's.</exception>
    public RelaySigningKey? LoadSigningKey(RelayIdentity identity)
    {
        if (!HasSigningKey)
        {
            return null;
        }

        var key = directory.Read(SigningSecret, c => Ed25519ExpandedKey.FromBytes(TaggedKeyFile.Parse(c, SigningSecretLabel, Ed25519ExpandedKey.Size)));
        var certificate = ReadCertificate();
        return certificate.Type == Ed25519CertificateType.SigningKey && certificate.CertifiedKey == key.Public
            && certificate.VerifySignature(identity.Public)
            ? new RelaySigningKey(key, certificate)
            : throw directory.Foreign(SigningCertificate, $"it does not certify {SigningSecret} in the name of {MasterPublic}");
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

    private bool HasSigningKey => directory.Has(SigningSecret) && directory.Has(SigningCertificate);

    private Ed25519Certificate ReadCertificate() =>
        directory.Read(SigningCertificate, c => Ed25519Certificate.Parse(TaggedKeyFile.Parse(c, SigningCertificateLabel)));

    private Ed25519Identity ReadMasterPublic() =>
        directory.Read(MasterPublic, c => new Ed25519Identity(TaggedKeyFile.Parse(c, MasterPublicLabel, Ed25519Identity.Size)));

    /// <summary>From its file, or from the certificate that it signed.</summary>
    private Ed25519Identity LoadMasterPublic()
    {
        if (directory.Has(MasterPublic))
        {
            return ReadMasterPublic();
        }

        var identity = ReadCertificate().SigningKey ?? throw directory.Foreign(SigningCertificate, "it does not say who signed it");
        SaveMasterPublic(identity);
        return identity;
    }

    /// <summary>For a relay that is new: its master identity was made elsewhere, which makes no RSA identity.</summary>
    private RsaKeyPair MakeRsa()
    {
        var rsa = RsaKeyPair.Generate(RelayIdentity.RsaBits);
        directory.Write(RsaIdentity, Encoding.ASCII.GetBytes(rsa.ToPkcs1Pem()));
        return rsa;
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
