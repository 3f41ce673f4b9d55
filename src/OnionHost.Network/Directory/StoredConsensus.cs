using System.Collections.Concurrent;
using System.Collections.Immutable;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Consensuses.Diffs;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>
/// A consensus to serve, and what changed in it since the last ones. A diff is made when the first client asks for it, once for
/// each of the old ones at most. Safe for concurrent use.
/// </summary>
internal sealed class StoredConsensus
{
    private readonly ImmutableArray<OldConsensus> _old;
    private readonly ConcurrentDictionary<Digest256, Lazy<ServedDocument?>> _diffs = [];

    private StoredConsensus(Consensus consensus, ImmutableArray<OldConsensus> old)
    {
        Consensus = consensus;
        Document = new ServedDocument(consensus.Document);
        Name = ConsensusDiff.NameOf(consensus);
        _old = old;
    }

    /// <summary>The consensus.</summary>
    public Consensus Consensus { get; }

    /// <summary>Its text.</summary>
    public ServedDocument Document { get; }

    /// <summary>How clients that have it say so.</summary>
    public Digest256 Name { get; }

    /// <summary>Takes a consensus in place of the one before.</summary>
    /// <param name="consensus">The newer one, or the same one with other signatures.</param>
    /// <param name="before">The one before; null if there is none.</param>
    /// <param name="keep">Of how many old ones diffs are made.</param>
    public static StoredConsensus Of(Consensus consensus, StoredConsensus? before, int keep)
    {
        if (before is null || keep == 0)
        {
            return new StoredConsensus(consensus, []);
        }

        var isSame = ConsensusDiff.NameOf(consensus) == before.Name;
        return new StoredConsensus(consensus, isSame ? before._old : [.. before._old.Prepend(OldConsensus.Of(before)).Take(keep)]);
    }

    /// <summary>The diff from an older consensus; null if that is not known any more.</summary>
    public ServedDocument? DiffFrom(Digest256 name) =>
        _old.FirstOrDefault(old => old.Name == name) is { } older
            ? _diffs.GetOrAdd(name, static (_, make) => new Lazy<ServedDocument?>(make), () => Make(older)).Value
            : null;

    private ServedDocument? Make(OldConsensus older)
    {
        var before = older.Read();
        if (ConsensusDiff.Create(before, Consensus) is not { } diff)
        {
            return null;
        }

        // Whoever gets a wrong diff has fetched it in vain: try it first.
        ConsensusDiff.Apply(before, diff, Document.Bytes.Length);
        return new ServedDocument(diff);
    }
}
