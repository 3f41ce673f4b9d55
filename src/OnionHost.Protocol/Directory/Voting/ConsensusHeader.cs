using System.Globalization;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>The part of a consensus before the relays, computed from the votes (dir-spec 3.8).</summary>
internal sealed class ConsensusHeader
{
    private readonly IReadOnlyList<Vote> _votes;
    private readonly IReadOnlyList<VoteContent> _contents;
    private readonly int _total;
    private readonly bool _sharedRandomIsFresh;

    /// <summary>Decides what all relays' entries depend on.</summary>
    /// <param name="votes">The votes, ordered by voter.</param>
    /// <param name="totalAuthorities">The number of authorities that exist.</param>
    /// <param name="sharedRandomIsFresh">True if a new shared random value was just computed.</param>
    public ConsensusHeader(IReadOnlyList<Vote> votes, int totalAuthorities, bool sharedRandomIsFresh)
    {
        _votes = votes;
        _contents = [.. votes.Select(v => v.Content)];
        _total = totalAuthorities;
        _sharedRandomIsFresh = sharedRandomIsFresh;
        Method = ConsensusMethods.Choose([.. _contents.Select(v => v.Methods)]);
        KnownFlags = [.. _contents.SelectMany(v => v.KnownFlags).Append(RelayJudge.NoEdConsensus).Distinct().Order(StringComparer.Ordinal)];
        Parameters = ParameterVote.Combine(_contents.Select(v => v.Parameters), totalAuthorities);
    }

    /// <summary>The consensus method.</summary>
    public int Method { get; }

    /// <summary>All flags, in ordinal order.</summary>
    public IReadOnlyList<string> KnownFlags { get; }

    /// <summary>The network's parameters.</summary>
    public NetworkParameters Parameters { get; }

    /// <summary>Writes the header of one flavour.</summary>
    public void Write(DocumentWriter writer, ConsensusFlavor flavor)
    {
        writer.Line("network-status-version", flavor == ConsensusFlavor.Microdesc ? "3 microdesc" : "3")
            .Line("vote-status", "consensus")
            .Line("consensus-method", Method.ToString(CultureInfo.InvariantCulture))
            .Line("valid-after", Time(v => v.ValidAfter))
            .Line("fresh-until", Time(v => v.FreshUntil))
            .Line("valid-until", Time(v => v.ValidUntil))
            .Line("voting-delay", Seconds(v => v.VoteDelay), Seconds(v => v.DistributionDelay))
            .Line("client-versions", Versions(v => v.ClientVersions))
            .Line("server-versions", Versions(v => v.ServerVersions))
            .Line("known-flags", string.Join(' ', KnownFlags));
        var (half, twoThirds) = ((_total + 1) / 2, ((2 * _total) + 2) / 3);
        WriteProtocols(writer, "recommended-client-protocols", v => v.RecommendedClientProtocols, half);
        WriteProtocols(writer, "recommended-relay-protocols", v => v.RecommendedRelayProtocols, half);
        WriteProtocols(writer, "required-client-protocols", v => v.RequiredClientProtocols, twoThirds);
        WriteProtocols(writer, "required-relay-protocols", v => v.RequiredRelayProtocols, twoThirds);
        if (Parameters.Values.Count > 0)
        {
            writer.Line("params", Parameters.ToString());
        }

        var shared = new SharedRandomVote(_contents, _total, _sharedRandomIsFresh ? Parameters : null);
        StatusWriter.SharedRandom(writer, shared.Previous, shared.Current);
        WriteAuthorities(writer);
    }

    private string Time(Func<VoteContent, DateTimeOffset> of) => DocumentTime.Format(LowMedian.Of(_contents.Select(of)));

    private string Seconds(Func<VoteContent, TimeSpan> of) =>
        ((long)LowMedian.Of(_contents.Select(of)).TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private string Versions(Func<VoteContent, string?> of)
    {
        var lists = _contents.Select(of).OfType<string>().ToList();
        var all = lists.SelectMany(l => l.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
        return string.Join(',', MostFrequent.Above(all, lists.Count / 2).Order(TorVersionOrder.Instance));
    }

    private void WriteProtocols(DocumentWriter writer, string keyword, Func<VoteContent, ProtocolVersions?> of, int needed)
    {
        var lists = _contents.Select(of).OfType<ProtocolVersions>().ToList();
        if (lists.Count > 0)
        {
            writer.Line(keyword, ProtocolVote.Combine(lists, needed).ToString());
        }
    }

    private void WriteAuthorities(DocumentWriter writer)
    {
        var sources = _votes.Select(v => (v.Content.Source, Vote: (Vote?)v));
        var legacy = _contents.Where(v => v.LegacyIdentity is not null)
            .Select(v => (Source: v.Source with { Nickname = v.Source.Nickname + "-legacy", Identity = v.LegacyIdentity!.Value }, Vote: (Vote?)null));
        foreach (var (source, vote) in sources.Concat(legacy).OrderBy(s => s.Source.Identity))
        {
            StatusWriter.Authority(writer, source);
            if (vote is not null)
            {
                writer.Line("contact", source.Contact).Line("vote-digest", vote.Digest.ToString());
            }
        }
    }
}
