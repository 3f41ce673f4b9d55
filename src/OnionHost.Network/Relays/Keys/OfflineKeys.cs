using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays.Keys;

/// <summary>
/// The keys of a relay whose master identity stays on another machine, as <c>tor --keygen</c> makes them: there, the master and
/// signing keys for a while; the relay gets all of them but <c>ed25519_master_id_secret_key</c>.
/// </summary>
internal static class OfflineKeys
{
    private const string Encrypted = "_encrypted";

    /// <summary>The files that a relay needs, the certificate last: it is what a running relay goes by.</summary>
    public static IReadOnlyList<string> RelaysFiles { get; } = [RelayKeyFiles.MasterPublic, RelayKeyFiles.SigningSecret, RelayKeyFiles.SigningCertificate];

    /// <summary>True if <c>keys/</c> of a data directory has the master's secret.</summary>
    public static bool HasMaster(string dataDirectory) => File.Exists(FileIn(dataDirectory, RelayKeyFiles.MasterSecret));

    /// <summary>True if <c>keys/</c> of a data directory has anything of a master identity.</summary>
    public static bool HasIdentity(string dataDirectory) =>
        HasMaster(dataDirectory) || HasEncryptedMaster(dataDirectory) || RelaysFiles.Any(name => File.Exists(FileIn(dataDirectory, name)));

    /// <summary>True if the master's secret has a password, as <c>tor --keygen</c> gives it one: that cannot be opened here.</summary>
    public static bool HasEncryptedMaster(string dataDirectory) => File.Exists(FileIn(dataDirectory, RelayKeyFiles.MasterSecret + Encrypted));

    /// <summary>Makes a signing key and its certificate in <c>keys/</c> of a data directory, and the master identity if there is none.</summary>
    /// <returns>When the certificate ends.</returns>
    /// <exception cref="TorException">The directory cannot be used, or holds a public master key whose secret is not there.</exception>
    public static DateTimeOffset MakeSigningKey(NodeContext context, string dataDirectory, TimeSpan lifetime) =>
        MakeSigningKey(context, dataDirectory, lifetime, out _);

    /// <inheritdoc cref="MakeSigningKey(NodeContext, string, TimeSpan)"/>
    public static DateTimeOffset MakeSigningKey(NodeContext context, string dataDirectory, TimeSpan lifetime, out Ed25519Identity identity)
    {
        using var directory = KeyDirectory.Open(dataDirectory, context.Time);
        var files = new RelayKeyFiles(directory);
        using var master = files.LoadMaster() ?? MakeMaster(context, files);
        using var signing = RelaySigningKey.Generate(context.Random, master, context.Now + lifetime);
        files.Save(signing);
        files.SaveMasterPublic(master.Public);
        identity = master.Public;
        return signing.Certificate.Expiration;
    }

    /// <summary>Brings a relay, which may be running, what was made in the master's directory.</summary>
    /// <exception cref="TorException">The relay has another master identity, or a file cannot be copied.</exception>
    public static void Bring(string masterDirectory, string relayDirectory)
    {
        try
        {
            var known = FileIn(relayDirectory, RelayKeyFiles.MasterPublic);
            if (File.Exists(known) && !File.ReadAllBytes(known).AsSpan().SequenceEqual(File.ReadAllBytes(FileIn(masterDirectory, RelayKeyFiles.MasterPublic))))
            {
                throw new TorException(
                    TorErrorKind.Local, $"{known} is the public key of another master identity than that in {masterDirectory}. Name the directory of the relay that this master belongs to.")
                {
                    Cause = TorCause.KeyUnusable,
                };
            }

            PrivateFiles.CreateFolder(relayDirectory);
            PrivateFiles.CreateFolder(Path.Combine(relayDirectory, KeyDirectory.Folder));
            foreach (var name in RelaysFiles)
            {
                PrivateFiles.Write(FileIn(relayDirectory, name), File.ReadAllBytes(FileIn(masterDirectory, name)));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TorException(
                TorErrorKind.Local, $"The keys cannot be brought to {relayDirectory}: {fault.Message} Copy {string.Join(", ", RelaysFiles)} from {Path.Combine(masterDirectory, KeyDirectory.Folder)} as a user who may.", false, fault)
            {
                Cause = TorCause.DirectoryUnusable,
            };
        }
    }

    private static string FileIn(string dataDirectory, string name) => Path.Combine(dataDirectory, KeyDirectory.Folder, name);

    private static Ed25519ExpandedKey MakeMaster(NodeContext context, RelayKeyFiles files)
    {
        using var pair = Ed25519KeyPair.Generate(context.Random);
        var master = pair.Expand();
        files.SaveMaster(master);
        return master;
    }
}
