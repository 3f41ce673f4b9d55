using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Decides relay by relay what the consensus says (dir-spec 3.8): flags, version, bandwidth, policy.</summary>
internal sealed class RelayJudge
{
    /// <summary>The flag that says that there is no agreement on the Ed25519 identity.</summary>
    public const string NoEdConsensus = "NoEdConsensus";

    private const int EnoughMeasurements = 3;

    private static readonly string[] TakenFromMiddleOnly = ["Exit", "Guard", "HSDir", "V2Dir"];

    private readonly string[] _flags;
    private readonly Dictionary<string, int> _flagVoters;
    private readonly uint? _unmeasuredLimit;
    private readonly int _method;

    /// <summary>Prepares for the votes.</summary>
    /// <param name="votes">All of them.</param>
    /// <param name="knownFlags">The flags of the consensus, in ordinal order.</param>
    /// <param name="method">The consensus method.</param>
    /// <param name="unmeasuredLimit">What the parameter <c>maxunmeasuredbw</c> says, kilobytes a second.</param>
    public RelayJudge(IReadOnlyList<VoteContent> votes, IEnumerable<string> knownFlags, int method, uint unmeasuredLimit)
    {
        _flags = [.. knownFlags];
        _flagVoters = _flags.ToDictionary(f => f, f => votes.Count(v => v.KnownFlags.Contains(f)), StringComparer.Ordinal);
        _method = method;
        var measuring = votes.Count(v => v.Relays.Any(r => r.Measured is not null));
        _unmeasuredLimit = measuring >= EnoughMeasurements ? unmeasuredLimit : null;
    }

    /// <summary>The verdict; null if the relay is left out because it is not running or not valid.</summary>
    public RelayVerdict? Judge(CollatedRelay relay)
    {
        var flags = Flags(relay);
        if (!flags.Contains("Running") || !flags.Contains("Valid"))
        {
            return null;
        }

        var winners = DescriptorChoice.Winners(relay);
        var all = relay.Votes.Select(v => v.Relay).ToList();
        var (bandwidth, unmeasured) = Bandwidth(all);
        return new RelayVerdict(winners[0], flags, Ipv6(winners), Microdescriptor(winners))
        {
            Version = MostFrequent.Of(all.Select(r => r.Version).OfType<string>(), TorVersionOrder.Instance),
            Protocols = MostFrequent.Of(all.Select(r => r.Protocols), StringComparer.Ordinal),
            Bandwidth = bandwidth,
            Unmeasured = unmeasured,
            Policy = Policy(all, winners[0].DescriptorDigest),
        };
    }

    private List<string> Flags(CollatedRelay relay)
    {
        var flags = _flags.Where(f => f == NoEdConsensus
            ? !relay.AgreesOnEd25519
            : relay.Votes.Count(v => v.Relay.Flags.Contains(f)) > _flagVoters[f] / 2).ToList();
        if (flags.Contains("MiddleOnly"))
        {
            flags.RemoveAll(f => TakenFromMiddleOnly.Contains(f));
            if (_flags.Contains("BadExit") && !flags.Contains("BadExit"))
            {
                flags.Add("BadExit");
                flags.Sort(StringComparer.Ordinal);
            }
        }

        return flags;
    }

    private (uint? Bandwidth, bool Unmeasured) Bandwidth(List<VoteRelay> all)
    {
        var measured = all.Select(r => r.Measured).OfType<uint>().ToList();
        if (measured.Count >= EnoughMeasurements)
        {
            return (LowMedian.Of(measured), false);
        }

        var claimed = all.Select(r => r.Bandwidth).OfType<uint>().ToList();
        return claimed.Count == 0 ? (null, false) : (Math.Min(LowMedian.Of(claimed), _unmeasuredLimit ?? uint.MaxValue), true);
    }

    private static IPEndPoint? Ipv6(List<VoteRelay> winners) =>
        MostFrequent.Of(
            winners.Select(r => r.Ipv6).OfType<IPEndPoint>(),
            Comparer<IPEndPoint>.Create((x, y) => x.Address.GetAddressBytes().AsSpan().SequenceCompareTo(y.Address.GetAddressBytes()) is var order and not 0
                ? order
                : x.Port.CompareTo(y.Port)));

    private Digest256? Microdescriptor(List<VoteRelay> winners)
    {
        var digests = winners.SelectMany(r => r.Microdescriptors.Where(m => m.Methods.Contains(_method)).Take(1)).Select(m => m.Digest).ToList();
        return digests.Count == 0 ? null : MostFrequent.Of(digests, Comparer<Digest256>.Default);
    }

    private static string? Policy(List<VoteRelay> all, Digest160 descriptor)
    {
        var same = all.Where(r => r.DescriptorDigest == descriptor).Select(r => r.Policy).OfType<string>().ToList();
        return MostFrequent.Of(same.Count > 0 ? same : all.Select(r => r.Policy).OfType<string>(), StringComparer.Ordinal);
    }
}
