using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Uploads;

/// <summary>
/// Remembers for ever which Ed25519 identity belongs to which RSA identity (dir-spec 3.4.2, key pinning): who breaks a relay's old
/// RSA key still cannot take its place. On disk a line for each pair, as tor writes its journal. Not thread safe.
/// </summary>
internal sealed class KeyPinning
{
    private const string Journal = "key-pinning-journal";

    private readonly Dictionary<RelayFingerprint, Ed25519Identity> _byFingerprint = [];
    private readonly Dictionary<Ed25519Identity, RelayFingerprint> _byIdentity = [];
    private readonly AuthorityFiles? _files;

    /// <summary>Reads the journal; null files keep the pairs in memory.</summary>
    public KeyPinning(AuthorityFiles? files)
    {
        _files = files;
        Span<byte> fingerprint = stackalloc byte[RelayFingerprint.Size];
        foreach (var line in files?.Read(Journal)?.Split('\n') ?? [])
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2 && Text.TryDecodeBase64(words[0], fingerprint) && Ed25519Identity.TryParse(words[1], out var identity))
            {
                Remember(new RelayFingerprint(fingerprint), identity);
            }
        }
    }

    /// <summary>True if neither identity was ever seen with another.</summary>
    public bool Fits(RelayFingerprint fingerprint, Ed25519Identity identity) =>
        (!_byFingerprint.TryGetValue(fingerprint, out var known) || known == identity)
        && (!_byIdentity.TryGetValue(identity, out var owner) || owner == fingerprint);

    /// <summary>Ties the two together for ever.</summary>
    public void Pin(RelayFingerprint fingerprint, Ed25519Identity identity)
    {
        if (!_byFingerprint.ContainsKey(fingerprint))
        {
            Remember(fingerprint, identity);
            _files?.Append(Journal, $"{Text.EncodeBase64(fingerprint.Span)} {identity}");
        }
    }

    private void Remember(RelayFingerprint fingerprint, Ed25519Identity identity)
    {
        _byFingerprint[fingerprint] = identity;
        _byIdentity[identity] = fingerprint;
    }
}
