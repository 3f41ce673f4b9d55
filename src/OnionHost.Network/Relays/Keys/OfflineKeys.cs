using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Relays.Keys;

/// <summary>
/// The keys of a relay whose master identity stays on another machine, as <c>tor --keygen</c> makes them: there, the master and
/// signing keys for a while; the relay gets all of them but <c>ed25519_master_id_secret_key</c>.
/// </summary>
internal static class OfflineKeys
{
    /// <summary>Makes a signing key and its certificate in <c>keys/</c> of a data directory, and the master identity if there is none.</summary>
    /// <returns>When the certificate ends.</returns>
    /// <exception cref="TorException">The directory cannot be used, or holds a public master key whose secret is not there.</exception>
    public static DateTimeOffset MakeSigningKey(NodeContext context, string dataDirectory, TimeSpan lifetime)
    {
        using var directory = KeyDirectory.Open(dataDirectory, context.Time);
        var files = new RelayKeyFiles(directory);
        using var master = files.LoadMaster() ?? MakeMaster(context, files);
        using var signing = RelaySigningKey.Generate(context.Random, master, context.Now + lifetime);
        files.Save(signing);
        return signing.Certificate.Expiration;
    }

    private static Ed25519ExpandedKey MakeMaster(NodeContext context, RelayKeyFiles files)
    {
        using var pair = Ed25519KeyPair.Generate(context.Random);
        var master = pair.Expand();
        files.SaveMaster(master);
        return master;
    }
}
