using System.Globalization;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>
/// Computes the consensus from votes (dir-spec 3.8). Two authorities with the same votes get the same bytes, or no
/// consensus comes about.
/// </summary>
public static class ConsensusBuilder
{
    private const int DefaultUnmeasuredLimit = 20;

    private static readonly DateTimeOffset FixedPublished = new(2038, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The text of the consensus up to its first signature.</summary>
    /// <param name="votes">The votes, at least one, each of another authority.</param>
    /// <param name="totalAuthorities">The number of authorities that exist, those without a vote included.</param>
    /// <param name="flavor">Which of the two documents.</param>
    /// <param name="sharedRandomIsFresh">True in the round after a run of the shared random protocol, when more authorities must agree on its value.</param>
    /// <exception cref="ArgumentException">There is no vote, or two are of the same authority.</exception>
    public static string Build(
        IReadOnlyCollection<Vote> votes, int totalAuthorities, ConsensusFlavor flavor, bool sharedRandomIsFresh = false)
    {
        ArgumentNullException.ThrowIfNull(votes);
        if (votes.Count == 0 || votes.DistinctBy(v => v.Voter).Count() != votes.Count)
        {
            throw new ArgumentException("A consensus takes votes of different authorities, at least one.", nameof(votes));
        }

        var sorted = votes.OrderBy(v => v.Voter).ToList();
        var header = new ConsensusHeader(sorted, totalAuthorities, sharedRandomIsFresh);
        var writer = new DocumentWriter();
        header.Write(writer, flavor);
        var contents = sorted.ConvertAll(v => v.Content);
        var limit = (uint)header.Parameters.GetInt("maxunmeasuredbw", DefaultUnmeasuredLimit, 0);
        var judge = new RelayJudge(contents, header.KnownFlags, header.Method, limit);
        var totals = new BandwidthTotals();
        foreach (var relay in RelayCollation.Collate(contents, totalAuthorities))
        {
            if (judge.Judge(relay) is { } verdict)
            {
                totals.Add(verdict);
                WriteRelay(writer, verdict, flavor, header.Method);
            }
        }

        writer.Line("directory-footer");
        if (totals.Weights() is { } weights)
        {
            writer.Line("bandwidth-weights", weights.ToString());
        }

        return writer.ToString();
    }

    private static void WriteRelay(DocumentWriter writer, RelayVerdict relay, ConsensusFlavor flavor, int method)
    {
        var isMicrodesc = flavor == ConsensusFlavor.Microdesc;
        if (isMicrodesc && relay.Microdescriptor is null)
        {
            return;
        }

        var published = isMicrodesc && method >= ConsensusMethods.FixedPublished ? FixedPublished : relay.Chosen.Published;
        var digest = isMicrodesc ? (Identities.Digest160?)null : relay.Chosen.DescriptorDigest;
        var chosen = relay.Chosen;
        writer.Line(
            "r", new RouterLine(chosen.Nickname, chosen.Fingerprint, digest, published, chosen.Address, chosen.OrPort, chosen.DirPort).ToString());
        WriteOptional(writer, "a", relay.Ipv6?.ToString());
        WriteOptional(writer, "m", isMicrodesc ? relay.Microdescriptor?.ToString() : null);
        StatusWriter.Flags(writer, relay.Flags);
        WriteOptional(writer, "v", relay.Version);
        WriteOptional(writer, "pr", relay.Protocols);
        if (relay.Bandwidth is { } bandwidth)
        {
            var suffix = relay.Unmeasured ? " Unmeasured=1" : string.Empty;
            writer.Line("w", string.Create(CultureInfo.InvariantCulture, $"Bandwidth={bandwidth}{suffix}"));
        }

        WriteOptional(writer, "p", isMicrodesc ? null : relay.Policy);
    }

    private static void WriteOptional(DocumentWriter writer, string keyword, string? text)
    {
        if (text is not null)
        {
            writer.Line(keyword, text);
        }
    }
}
