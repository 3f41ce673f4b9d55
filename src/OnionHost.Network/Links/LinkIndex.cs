using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>The open links of a node, found by the identity of the peer. Thread safe.</summary>
internal sealed class LinkIndex
{
    private readonly Lock _lock = new();
    private readonly HashSet<Link> _all = [];
    private readonly Dictionary<RelayFingerprint, List<Link>> _byFingerprint = [];
    private readonly Dictionary<Ed25519Identity, List<Link>> _byIdentity = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>All of them now.</summary>
    public Link[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _all];
        }
    }

    /// <summary>Adds a link.</summary>
    public void Add(Link link)
    {
        lock (_lock)
        {
            _all.Add(link);
            if (link.Peer is { IsAuthenticated: true, Fingerprint: { } fingerprint, Identity: { } identity })
            {
                Put(_byFingerprint, fingerprint, link);
                Put(_byIdentity, identity, link);
            }
        }
    }

    /// <summary>Forgets a link.</summary>
    public void Remove(Link link)
    {
        lock (_lock)
        {
            _all.Remove(link);
            if (link.Peer is { IsAuthenticated: true, Fingerprint: { } fingerprint, Identity: { } identity })
            {
                Cut(_byFingerprint, fingerprint, link);
                Cut(_byIdentity, identity, link);
            }
        }
    }

    /// <summary>The best link to a relay that <paramref name="isUsable"/> takes: canonical before others, newer before older.</summary>
    public Link? Find(LinkTarget target, Func<Link, bool> isUsable)
    {
        lock (_lock)
        {
            Link? best = null;
            foreach (var link in Candidates(target))
            {
                if (Matches(link, target) && isUsable(link)
                    && (best is null || (link.Peer.IsCanonical, link.Created).CompareTo((best.Peer.IsCanonical, best.Created)) > 0))
                {
                    best = link;
                }
            }

            return best;
        }
    }

    private static bool Matches(Link link, LinkTarget target)
    {
        var isAddress = target.Addresses.Any(a => link.IsInitiator ? a.Equals(link.Peer.Remote) : a.Address.Equals(link.Peer.Remote.Address));
        if (target.Fingerprint is null && target.Identity is null)
        {
            return isAddress && link.IsInitiator;
        }

        return (target.Fingerprint is null || target.Fingerprint == link.Peer.Fingerprint)
            && (target.Identity is null || target.Identity == link.Peer.Identity)
            && (link.Peer.IsCanonical || isAddress);
    }

    private static void Put<TKey>(Dictionary<TKey, List<Link>> index, TKey key, Link link)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var links))
        {
            index[key] = links = [];
        }

        links.Add(link);
    }

    private static void Cut<TKey>(Dictionary<TKey, List<Link>> index, TKey key, Link link)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out var links) && links.Remove(link) && links.Count == 0)
        {
            index.Remove(key);
        }
    }

    private IEnumerable<Link> Candidates(LinkTarget target) => target switch
    {
        { Fingerprint: { } fingerprint } => _byFingerprint.GetValueOrDefault(fingerprint) ?? [],
        { Identity: { } identity } => _byIdentity.GetValueOrDefault(identity) ?? [],
        _ => _all,
    };
}
