using System.Collections.Concurrent;
using System.Collections.Immutable;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>
/// The directory documents that a node has, in memory: consensuses, certificates, microdescriptors and descriptors.
/// Whoever puts one in has verified it. Safe for concurrent use.
/// </summary>
internal sealed class DirectoryStore(NodeContext context)
{
    private const int MaximumDescriptors = 20_000;
    private const int MaximumMicrodescriptors = 60_000;
    private const int CertificatesPerAuthority = 4;

    private static readonly TimeSpan KeepUnlisted = TimeSpan.FromHours(36);

    private readonly ConcurrentDictionary<Digest256, Kept<Microdescriptor>> _microdescriptors = [];
    private readonly ConcurrentDictionary<Digest160, Kept<ServerDescriptor>> _descriptors = [];
    private readonly ConcurrentDictionary<RelayFingerprint, ServerDescriptor> _newest = [];
    private readonly ConcurrentDictionary<Digest160, ExtraInfo> _extras = [];
    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<ConsensusFlavor, StoredConsensus> _consensuses = ImmutableDictionary<ConsensusFlavor, StoredConsensus>.Empty;
    private volatile IReadOnlyList<AuthorityCertificate> _certificates = [];

    /// <summary>How many old consensuses of each flavour are kept to serve diffs from: none where nothing is served.</summary>
    public int OldConsensuses { get; init; }

    /// <summary>The node's own descriptor, if it is a relay.</summary>
    public ServerDescriptor? Own { get; set; }

    /// <summary>The node's own certificate, if it is an authority.</summary>
    public AuthorityCertificate? OwnCertificate { get; set; }

    /// <summary>The certificates of all authorities, newest first for each.</summary>
    public IReadOnlyList<AuthorityCertificate> Certificates => _certificates;

    /// <summary>All server descriptors.</summary>
    public IEnumerable<ServerDescriptor> Descriptors => _descriptors.Values.Select(kept => kept.Document);

    /// <summary>All extra-infos.</summary>
    public IEnumerable<ExtraInfo> ExtraInfos => _extras.Values;

    /// <summary>All microdescriptors.</summary>
    public IEnumerable<Microdescriptor> Microdescriptors => _microdescriptors.Values.Select(kept => kept.Document);

    /// <summary>The newest consensus of a flavour, if there is one.</summary>
    public Consensus? Consensus(ConsensusFlavor flavor) => _consensuses.GetValueOrDefault(flavor)?.Consensus;

    /// <summary>The newest consensus of a flavour with its compressed form.</summary>
    public StoredConsensus? StoredConsensus(ConsensusFlavor flavor) => _consensuses.GetValueOrDefault(flavor);

    /// <summary>Takes a consensus, unless a newer one of its flavour is there. Marks what it lists, and drops what none has listed for 36 hours.</summary>
    public bool SetConsensus(Consensus consensus)
    {
        lock (_lock)
        {
            if (_consensuses.TryGetValue(consensus.Flavor, out var old) && old.Consensus.ValidAfter > consensus.ValidAfter)
            {
                return false;
            }

            _consensuses = _consensuses.SetItem(consensus.Flavor, Directory.StoredConsensus.Of(consensus, old, OldConsensuses));
        }

        foreach (var relay in consensus.Relays)
        {
            if (relay.MicrodescriptorDigest is { } micro && _microdescriptors.TryGetValue(micro, out var keptMicro))
            {
                keptMicro.LastListed = context.Now;
            }

            if (relay.DescriptorDigest is { } digest && _descriptors.TryGetValue(digest, out var keptDescriptor))
            {
                keptDescriptor.LastListed = context.Now;
            }
        }

        Prune();
        return true;
    }

    /// <summary>Takes a certificate; false if it is there already. Of each authority the four that expire last are kept.</summary>
    public bool AddCertificate(AuthorityCertificate certificate)
    {
        lock (_lock)
        {
            var all = _certificates;
            if (all.Any(c => c.Identity == certificate.Identity && c.SigningKeyDigest == certificate.SigningKeyDigest && c.Published >= certificate.Published))
            {
                return false;
            }

            var own = all.Where(c => c.Identity == certificate.Identity && c.SigningKeyDigest != certificate.SigningKeyDigest)
                .Append(certificate).OrderByDescending(c => c.Published).Take(CertificatesPerAuthority);
            _certificates = [.. all.Where(c => c.Identity != certificate.Identity).Concat(own)];
            return true;
        }
    }

    /// <summary>The certificate of an authority's signing key, if it is known.</summary>
    public AuthorityCertificate? Certificate(RelayFingerprint identity, Digest160 signingKey)
    {
        foreach (var certificate in _certificates)
        {
            if (certificate.Identity == identity && certificate.SigningKeyDigest == signingKey)
            {
                return certificate;
            }
        }

        return null;
    }

    /// <summary>A microdescriptor by its digest, if it is known.</summary>
    public Microdescriptor? Microdescriptor(Digest256 digest) => _microdescriptors.GetValueOrDefault(digest)?.Document;

    /// <summary>Takes a microdescriptor.</summary>
    public void AddMicrodescriptor(Microdescriptor microdescriptor)
    {
        if (_microdescriptors.Count < MaximumMicrodescriptors)
        {
            _microdescriptors.TryAdd(microdescriptor.Digest, new Kept<Microdescriptor>(microdescriptor, context.Now));
        }
    }

    /// <summary>A server descriptor by its digest, if it is known.</summary>
    public ServerDescriptor? Descriptor(Digest160 digest) => _descriptors.GetValueOrDefault(digest)?.Document;

    /// <summary>The newest server descriptor of a relay, if one is known.</summary>
    public ServerDescriptor? DescriptorOf(RelayFingerprint fingerprint) => _newest.GetValueOrDefault(fingerprint);

    /// <summary>Takes a server descriptor.</summary>
    public void AddDescriptor(ServerDescriptor descriptor)
    {
        if (_descriptors.Count < MaximumDescriptors && _descriptors.TryAdd(descriptor.Digest, new Kept<ServerDescriptor>(descriptor, context.Now)))
        {
            _newest.AddOrUpdate(descriptor.Fingerprint, descriptor, (_, old) => old.Published > descriptor.Published ? old : descriptor);
        }
    }

    /// <summary>An extra-info by its digest, if it is known.</summary>
    public ExtraInfo? ExtraInfo(Digest160 digest) => _extras.GetValueOrDefault(digest);

    /// <summary>Takes the extra-info of a descriptor that is here; it goes with it.</summary>
    public void AddExtraInfo(ExtraInfo extra, ServerDescriptor descriptor)
    {
        if (extra.Matches(descriptor) && _descriptors.ContainsKey(descriptor.Digest))
        {
            _extras.TryAdd(extra.Digest, extra);
        }
    }

    private void Prune()
    {
        var oldest = context.Now - KeepUnlisted;
        foreach (var (digest, kept) in _microdescriptors)
        {
            if (kept.LastListed < oldest)
            {
                _microdescriptors.TryRemove(digest, out _);
            }
        }

        foreach (var (digest, kept) in _descriptors)
        {
            if (kept.LastListed < oldest)
            {
                _descriptors.TryRemove(digest, out _);
                _newest.TryRemove(new KeyValuePair<RelayFingerprint, ServerDescriptor>(kept.Document.Fingerprint, kept.Document));
                if (kept.Document.ExtraInfoDigest is { } extra)
                {
                    _extras.TryRemove(extra, out _);
                }
            }
        }
    }

    /// <summary>A document and when a consensus last listed it.</summary>
    private sealed class Kept<T>(T document, DateTimeOffset added)
    {
        public T Document { get; } = document;

        public DateTimeOffset LastListed { get; set; } = added;
    }
}
