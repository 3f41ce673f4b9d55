using System.Collections.Immutable;
using OnionHost.Network.Authority.Approval;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Uploads;

/// <summary>The newest accepted descriptor of each relay: what this authority votes about. Safe for concurrent use.</summary>
internal sealed class DescriptorPool
{
    private const int MaximumRelays = 50_000;

    // Longer than it counts: it may only seem old, to a clock that is off for a while.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(5);

    private readonly Dictionary<RelayFingerprint, PooledDescriptor> _newest = [];
    private readonly Lock _lock = new();
    private readonly NodeContext _context;
    private readonly AuthorityOptions _options;
    private readonly DirectoryStore _store;
    private readonly KeyPinning _pinning;

    /// <summary>Starts empty, but for the pinned keys on disk.</summary>
    /// <param name="context">Time.</param>
    /// <param name="options">The authority's options.</param>
    /// <param name="store">Where accepted descriptors and their microdescriptors go, for clients to fetch.</param>
    /// <param name="files">Where the key pinning journal is; null keeps it in memory.</param>
    public DescriptorPool(NodeContext context, AuthorityOptions options, DirectoryStore store, AuthorityFiles? files)
    {
        _context = context;
        _options = options;
        _store = store;
        _pinning = new KeyPinning(files);
    }

    /// <summary>Takes a descriptor, if the rules allow and it says anything new.</summary>
    public UploadVerdict Offer(ServerDescriptor descriptor)
    {
        if (DescriptorRules.Rejection(descriptor, _options, _context.Now) is { } reason)
        {
            return UploadVerdict.Rejected(reason);
        }

        if (NotApproved(descriptor) is { } refusal)
        {
            return refusal;
        }

        lock (_lock)
        {
            if (!_pinning.Fits(descriptor.Fingerprint, descriptor.Identity))
            {
                return UploadVerdict.Rejected("Ed25519 identity key or RSA identity key has changed.");
            }

            if (_newest.TryGetValue(descriptor.Fingerprint, out var old) && DescriptorRules.Rejection(old.Descriptor, _options, _context.Now) is null)
            {
                var known = old.Descriptor;
                if (descriptor.Digest == known.Digest || descriptor.Published <= known.Published || DescriptorRules.IsCosmetic(known, descriptor))
                {
                    return UploadVerdict.NotNew;
                }
            }
            else if (_newest.Count >= MaximumRelays)
            {
                return UploadVerdict.Rejected("Too many relays.");
            }

            _pinning.Pin(descriptor.Fingerprint, descriptor.Identity);
            _newest[descriptor.Fingerprint] = Publish(descriptor);
        }

        return UploadVerdict.Accepted;
    }

    /// <summary>Takes an extra-info, if it is the one that its relay's newest descriptor names.</summary>
    public UploadVerdict Offer(ExtraInfo extra)
    {
        ServerDescriptor? descriptor;
        lock (_lock)
        {
            descriptor = _newest.GetValueOrDefault(extra.Fingerprint)?.Descriptor;
        }

        if (descriptor is null)
        {
            return UploadVerdict.Rejected("No corresponding router descriptor for extra-info descriptor");
        }

        if (extra.Matches(descriptor))
        {
            _store.AddExtraInfo(extra, descriptor);
            return UploadVerdict.Accepted;
        }

        // Newer than what is kept: its descriptor said nothing new, and was not taken either.
        return extra.Published > descriptor.Published ? UploadVerdict.NotNew
            : UploadVerdict.Rejected(extra.Published < descriptor.Published
                ? "Extrainfo published time did not match routerdesc"
                : "Extrainfo digest did not match value from routerdesc");
    }

    /// <summary>The descriptors that are not too old, ordered by fingerprint.</summary>
    public ImmutableArray<PooledDescriptor> Current()
    {
        lock (_lock)
        {
            var now = _context.Now;
            foreach (var (fingerprint, _) in _newest.Where(p => (now - p.Value.Descriptor.Published).Duration() > Kept).ToList())
            {
                _newest.Remove(fingerprint);
            }

            return [.. _newest.Values.Where(d => DescriptorRules.Rejection(d.Descriptor, _options, now) is null).OrderBy(d => d.Descriptor.Fingerprint)];
        }
    }

    /// <summary>Whether a descriptor is known by its digest, be it the newest of its relay or not.</summary>
    public bool Knows(Digest160 digest) => _store.Descriptor(digest) is not null;

    // Who waits is kept and tested like the others: once approved, it is in the next vote.
    private UploadVerdict? NotApproved(ServerDescriptor descriptor)
    {
        switch (_options.Approvals?.Of(descriptor.Fingerprint))
        {
            case RelayApproval.Rejected:
                return UploadVerdict.Rejected("Rejected: The operators of this network do not want this relay.");
            case RelayApproval.Waiting:
                _options.Approvals.Note(descriptor);
                return null;
            default:
                return null;
        }
    }

    private PooledDescriptor Publish(ServerDescriptor descriptor)
    {
        var groups = ConsensusMethods.Known.Select(method => (Method: method, Document: Microdescriptor.FromServerDescriptor(descriptor, method)))
            .GroupBy(m => m.Document.Digest).ToList();
        _store.AddDescriptor(descriptor);
        groups.ForEach(g => _store.AddMicrodescriptor(g.First().Document));
        return new PooledDescriptor(descriptor, [.. groups.Select(g => new VoteMicrodescriptor([.. g.Select(m => m.Method)], g.Key))]);
    }
}
