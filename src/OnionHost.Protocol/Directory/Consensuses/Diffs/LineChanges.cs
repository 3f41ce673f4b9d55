using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses.Diffs;

/// <summary>
/// Finds which lines of a consensus changed. Relays are ordered by identity in both, so they are paired by it, and only
/// the few lines of a pair are compared with each other: the work grows with the documents' length, not with its square.
/// </summary>
internal static class LineChanges
{
    /// <summary>Beyond so many pairs of lines the smaller change is not looked for.</summary>
    private const int MostComparisons = 4_000_000;

    /// <summary>The changes in order; null if the relays of one are not ordered.</summary>
    public static IReadOnlyList<LineChange>? Find(List<ReadOnlyMemory<byte>> older, List<ReadOnlyMemory<byte>> newer)
    {
        if (Sections(older) is not { } from || Sections(newer) is not { } to)
        {
            return null;
        }

        var changes = new List<LineChange>();
        var (i, j) = (0, 0);
        while (i < from.Count && j < to.Count)
        {
            var order = from[i].CompareTo(to[j]);
            if (order == 0)
            {
                Compare(older, from[i], newer, to[j], changes);
            }
            else if (order < 0)
            {
                Add(changes, new LineChange(from[i].Start, from[i].Count, to[j].Start, 0));
            }
            else
            {
                Add(changes, new LineChange(from[i].Start, 0, to[j].Start, to[j].Count));
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return changes;
    }

    // The header, one for each relay, the footer: a document has the first and the last always, so both lists end together.
    private static List<Section>? Sections(List<ReadOnlyMemory<byte>> lines)
    {
        var sections = new List<Section>();
        var (start, rank, relay) = (0, 0, default(RelayFingerprint));
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Span;
            if (line.StartsWith("r "u8))
            {
                sections.Add(new Section(rank, relay, start, i - start));
                if (Identity(line) is not { } next || (rank == 1 && next.CompareTo(relay) <= 0))
                {
                    return null;
                }

                (start, rank, relay) = (i, 1, next);
            }
            else if (line.SequenceEqual("directory-footer"u8))
            {
                sections.Add(new Section(rank, relay, start, i - start));
                sections.Add(new Section(2, default, i, lines.Count - i));
                return sections;
            }
        }

        return null;
    }

    private static RelayFingerprint? Identity(ReadOnlySpan<byte> line)
    {
        var words = System.Text.Encoding.ASCII.GetString(line).Split(' ', 4);
        Span<byte> identity = stackalloc byte[RelayFingerprint.Size];
        return words.Length > 3 && Text.TryDecodeBase64(words[2], identity) ? new RelayFingerprint(identity) : null;
    }

    private static void Compare(List<ReadOnlyMemory<byte>> older, Section from, List<ReadOnlyMemory<byte>> newer, Section to, List<LineChange> changes)
    {
        var (a, b) = (from.Start, to.Start);
        var (aEnd, bEnd) = (a + from.Count, b + to.Count);
        while (a < aEnd && b < bEnd && IsSame(older[a], newer[b]))
        {
            a++;
            b++;
        }

        while (aEnd > a && bEnd > b && IsSame(older[aEnd - 1], newer[bEnd - 1]))
        {
            aEnd--;
            bEnd--;
        }

        if ((long)(aEnd - a) * (bEnd - b) is 0 or > MostComparisons)
        {
            Add(changes, new LineChange(a, aEnd - a, b, bEnd - b));
            return;
        }

        var common = CommonLengths(older[a..aEnd], newer[b..bEnd]);
        var (i, j) = (0, 0);
        while (i < aEnd - a || j < bEnd - b)
        {
            if (i < aEnd - a && j < bEnd - b && IsSame(older[a + i], newer[b + j]))
            {
                i++;
                j++;
            }
            else if (j == bEnd - b || (i < aEnd - a && common[i + 1, j] >= common[i, j + 1]))
            {
                Add(changes, new LineChange(a + i, 1, b + j, 0));
                i++;
            }
            else
            {
                Add(changes, new LineChange(a + i, 0, b + j, 1));
                j++;
            }
        }
    }

    // The length of the longest common subsequence of what follows each pair of lines.
    private static int[,] CommonLengths(List<ReadOnlyMemory<byte>> from, List<ReadOnlyMemory<byte>> to)
    {
        var lengths = new int[from.Count + 1, to.Count + 1];
        for (var i = from.Count - 1; i >= 0; i--)
        {
            for (var j = to.Count - 1; j >= 0; j--)
            {
                lengths[i, j] = IsSame(from[i], to[j]) ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }

    private static bool IsSame(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceEqual(other.Span);

    private static void Add(List<LineChange> changes, LineChange change)
    {
        if (change.OldCount == 0 && change.NewCount == 0)
        {
            return;
        }

        if (changes.Count > 0 && changes[^1].Meets(change))
        {
            changes[^1] = changes[^1].With(change);
        }
        else
        {
            changes.Add(change);
        }
    }

    /// <summary>Lines that belong together. Rank 0 is the header, 1 a relay, 2 the footer.</summary>
    private readonly record struct Section(int Rank, RelayFingerprint Relay, int Start, int Count) : IComparable<Section>
    {
        public int CompareTo(Section other) => Rank != other.Rank ? Rank.CompareTo(other.Rank) : Relay.CompareTo(other.Relay);
    }
}
