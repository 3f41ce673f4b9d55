using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays.Keys;

/// <summary>
/// All keys of a relay: identities for good, a signing key for a month, onion keys for four weeks, link credentials for a day.
/// <see cref="Renew"/> replaces what is due. Snapshots are replaced as a whole, so readers need no lock.
/// </summary>
internal sealed class RelayKeys : IDisposable
{
    private readonly NodeContext _context;
    private readonly SigningKeyRenewal _renewal;
    private readonly KeyDirectory? _directory;
    private readonly RelayKeyFiles? _files;
    private readonly RelayIdentity _identity;
    private readonly LinkLeafKind _leafKind;
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _retired = [];
    private volatile RelaySigningKey _signing;
    private volatile RelayOnionKeys _onion;
    private volatile LinkCredentials _link;
    private volatile KeyLifetimes _lifetimes;
    private DateTimeOffset _linkSince;

    private RelayKeys(NodeContext context, KeyLifetimes lifetimes, KeyDirectory? directory, LinkLeafKind leafKind)
    {
        _context = context;
        _lifetimes = lifetimes;
        _directory = directory;
        _files = directory is null ? null : new RelayKeyFiles(directory);

        _leafKind = leafKind;
        _identity = LoadOrMakeIdentity();
        _renewal = new SigningKeyRenewal(context, _identity, directory, _files);
        _signing = _renewal.Load(lifetimes);
        _onion = LoadOrMakeOnionKeys();
        _linkSince = context.Now;
        _link = MakeLinkCredentials();
    }

    /// <summary>Something that the descriptor contains was replaced: it has to be published again.</summary>
    public event Action? Changed;

    /// <summary>The RSA identity, 20 bytes.</summary>
    public RelayFingerprint Fingerprint => _identity.Rsa.Public.Fingerprint;

    /// <summary>The Ed25519 identity, 32 bytes.</summary>
    public Ed25519Identity Identity => _identity.Public;

    /// <summary>The RSA identity key, 1024 bits.</summary>
    public RsaKeyPair RsaIdentity => _identity.Rsa;

    /// <summary>Signs in the identity's name.</summary>
    public IEd25519Signer SigningKey => _signing.Key;

    /// <summary>The identity's certificate for <see cref="SigningKey"/> (type 4).</summary>
    public Ed25519Certificate SigningCertificate => _signing.Certificate;

    /// <summary>The signing key with its certificate, as one snapshot.</summary>
    public RelaySigningKey Signing => _signing;

    /// <summary>The RSA onion key, published only.</summary>
    public RsaKeyPair RsaOnionKey => _onion.Rsa;

    /// <summary>The keys for ntor handshakes.</summary>
    public NtorOnionKeys NtorKeys => _onion.Ntor;

    /// <summary>All onion keys, as one snapshot.</summary>
    public RelayOnionKeys OnionKeys => _onion;

    /// <summary>What new links show.</summary>
    public LinkCredentials LinkCredentials => _link;

    /// <summary>Makes a new identity that lives in memory only.</summary>
    public static RelayKeys Generate(NodeContext context, KeyLifetimes? lifetimes = null, LinkLeafKind leafKind = LinkLeafKind.Rsa) =>
        new(context, lifetimes ?? new KeyLifetimes(), null, leafKind);

    /// <summary>Reads the keys from <c>keys/</c> in a data directory, makes what is missing, and holds the directory's lock until disposal.</summary>
    /// <exception cref="TorException">The directory is locked by another process, cannot be read, or holds something else.</exception>
    public static RelayKeys LoadOrCreate(
        NodeContext context, string dataDirectory, KeyLifetimes? lifetimes = null, LinkLeafKind leafKind = LinkLeafKind.Rsa)
    {
        var directory = KeyDirectory.Open(dataDirectory, context.Time);
        try
        {
            return new RelayKeys(context, lifetimes ?? new KeyLifetimes(), directory, leafKind);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Rotates onion keys as the network wishes from here on.</summary>
    public void Follow(NetworkParameters parameters) => _lifetimes = _lifetimes.With(parameters);

    /// <summary>Nothing can be signed in the identity's name after its certificate has ended.</summary>
    /// <exception cref="TorException">It has ended: a new signing key has to be brought from where the master key is.</exception>
    public void ThrowIfEnded() => _renewal.ThrowIfEnded(_signing);

    /// <summary>Replaces every key whose time has come. Call it every hour or so.</summary>
    /// <returns>True if the descriptor changed by it; <see cref="Changed"/> was raised then.</returns>
    public bool Renew()
    {
        bool isChanged;
        lock (_lock)
        {
            // What was replaced at the last call can be in nobody's hands any more.
            _retired.ForEach(r => r.Dispose());
            _retired.Clear();
            var now = _context.Now;
            var newOnion = RenewOnionKeys(now);
            var newer = _renewal.Renew(_signing, _lifetimes);
            if (newer is not null)
            {
                _retired.Add(_signing);
                _signing = newer;
            }

            if (newer is not null || now >= _linkSince + _lifetimes.LinkCredentials)
            {
                // The old ones are left to the collector: links that were opened with them may live for days.
                _link = MakeLinkCredentials();
                _linkSince = now;
            }

            isChanged = newOnion || newer is not null;
        }

        if (isChanged)
        {
            Changed?.Invoke();
        }

        return isChanged;
    }

    /// <summary>Zeroises all secrets and gives up the directory's lock.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _retired.ForEach(r => r.Dispose());
            _link.Dispose();
            _onion.Rsa.Dispose();
            _onion.Ntor.Current.Dispose();
            _onion.Ntor.Previous?.Dispose();
            _signing.Dispose();
            _identity.Dispose();
            _directory?.Dispose();
        }
    }

    private bool RenewOnionKeys(DateTimeOffset now)
    {
        var before = _onion;
        if (now >= before.Since + _lifetimes.OnionKeyRotation)
        {
            Retire(before.Ntor.Previous, before.Rsa);
            _onion = MakeOnionKeys(before);
            return true;
        }

        if (before.Ntor.Previous is { } previous && now >= before.Since + _lifetimes.OnionKeyGrace)
        {
            _onion = before with { Ntor = before.Ntor with { Previous = null } };
            _files?.RemoveOldOnionKeys();
            Retire(previous);
        }

        return false;
    }

    private void Retire(params IEnumerable<IDisposable?> keys) => _retired.AddRange(keys.OfType<IDisposable>());

    private RelayIdentity LoadOrMakeIdentity()
    {
        if (_files?.LoadIdentity() is { } known)
        {
            return known;
        }

        var identity = RelayIdentity.Generate(_context.Random);
        _files?.Save(identity);
        return identity;
    }

    private RelayOnionKeys LoadOrMakeOnionKeys() => _files?.LoadOnionKeys() ?? MakeOnionKeys(null);

    private RelayOnionKeys MakeOnionKeys(RelayOnionKeys? before)
    {
        var onion = RelayOnionKeys.Generate(_context.Random, _context.Now, before);
        _files?.Save(onion);
        return onion;
    }

    private LinkCredentials MakeLinkCredentials() =>
        LinkCredentials.Create(_identity.Rsa, _signing.Key, _signing.Certificate, _context.Now, _context.Random, _leafKind);
}
