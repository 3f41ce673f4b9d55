using System.Text.RegularExpressions;

namespace OnionHost.InteropTests;

/// <summary>
/// What stock daemons complain about: every line at <c>warn</c> or <c>err</c> (the kit switches protocol warnings on, so that they are
/// among these) and every notice that tells of a failure. Each line is reported once.
/// </summary>
internal sealed partial class StockComplaints
{
    /// <summary>Lines that every healthy private network of stock nodes writes.</summary>
    private static readonly Regex[] Usual =
    [
        .. new[]
        {
            @"TestingTorNetwork is set\.", "You have used DirAuthority or AlternateDirAuthority", "You are running Tor as root",
            "Your log may contain sensitive information", "V3Auth(Vote|Dist)Delay is very low", "V3AuthVotingInterval is very low",
            @"Cannot open fingerprint file '.*approved-routers'\. That's ok", @"Could not open "".*/sr-state"": No such file",
            "SR: Unable to read SR state file", "Tor can't help you if you use it wrong", "Time to fetch any .* that we're missing",
            "not enough to build a circuit", "Our directory information is no longer up-to-date enough",

            // A busy machine is late with a vote now and then; that the round ends with all of them is tested where it matters.
            "We're missing (votes|signatures) from", "Your system clock just jumped",

            // A fingerprint in base64 may spell a word that tells of trouble.
            "Your Tor server's identity key ed25519 fingerprint is",

            // The only exit of a network cannot use itself.
            "Failed to choose an exit server", "choosing a doomed exit",

            // Circuits of a small network may cross it A-B-A, and integer weights cannot always be balanced.
            "Client asked me to extend back to the previous hop", @"connection_edge_process_relay_cell \(away from origin\) failed",
            "Bw Weight Failure for Case", "All current guards excluded by path restriction",
            "Failed to find node for hop", "configured _HSLayer2Nodes set", "died due to an invalid selected path",
        }.Select(Pattern),
    ];

    /// <summary>What makes a notice a complaint.</summary>
    private static readonly Regex Trouble = Pattern(
        "(?i)reject|refus|invalid|malformed|unexpected|unrecogni|mismatch|wrong|missing|skew|fail|unable|can't|cannot|couldn't|doesn't|bad |weird|giving up|a bug|attack");

    /// <summary>Lines that are usual only while a network or a node comes up.</summary>
    private static readonly Regex[] UsualEarly =
    [
        .. new[]
        {
            "Received http status code 404 .* while fetching", "We just marked ourself as down", "No available nodes when trying to choose node",

            // Where everything starts at once, the first votes may come late: then that round ends without a consensus.
            "Rejecting .*'s posted vote from .* our cutoff for received votes", "Posted vote received too late", "Mismatched digest",
            @"A consensus needs \d+ good signatures", "Not enough info to publish pending",
        }.Select(Pattern),
    ];

    private readonly Dictionary<string, long> _read = [];
    private readonly List<Regex> _expected = [];
    private readonly Lock _lock = new();

    /// <summary>From here on, lines like this are no complaint: the test provokes them.</summary>
    public void Expect(string pattern)
    {
        lock (_lock)
        {
            _expected.Add(Pattern(pattern));
        }
    }

    /// <summary>The complaints of the logs since the last call.</summary>
    /// <param name="nodes">The daemons.</param>
    /// <param name="isEarly">The network was coming up until now.</param>
    public IReadOnlyList<string> Take(IEnumerable<StockNode> nodes, bool isEarly)
    {
        lock (_lock)
        {
            var found = new List<string>();
            foreach (var node in nodes)
            {
                var startedLate = false;
                foreach (var line in NewLines(node.NoticeLog))
                {
                    startedLate |= line.Contains("opening new log file", StringComparison.Ordinal);
                    if (IsComplaint(line, isEarly || startedLate))
                    {
                        found.Add($"{node.Nickname}: {line}");
                    }
                }
            }

            return [.. found.GroupBy(Alike).Select(group => group.First() + (group.Count() > 1 ? $" ({group.Count()} times)" : string.Empty))];
        }
    }

    private bool IsComplaint(string line, bool isEarly)
    {
        var parts = LogLine().Match(line);
        if (!parts.Success)
        {
            return false;
        }

        var message = parts.Groups["message"].Value;
        bool Fits(IEnumerable<Regex> patterns) => patterns.Any(p => p.IsMatch(message));
        return !Fits(Usual) && !Fits(_expected) && !(isEarly && Fits(UsualEarly))
            && (parts.Groups["level"].Value is "warn" or "err" || Trouble.IsMatch(message));
    }

    private IEnumerable<string> NewLines(string file)
    {
        if (!File.Exists(file))
        {
            yield break;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Min(_read.GetValueOrDefault(file), stream.Length);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();

        // A line that is being written is left for the next time.
        var end = text.LastIndexOf('\n') + 1;
        _read[file] = _read.GetValueOrDefault(file) + System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, end));
        foreach (var line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return line;
        }
    }

    private static string Alike(string line) => Digits().Replace(line, "#");

    private static Regex Pattern(string text) => new(text, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    [GeneratedRegex(@"^\w{3} \d\d \d\d:\d\d:\d\d\.\d+ \[(?<level>notice|warn|err)\] (\{\w+\} )?(\w+\(\): )?(?<message>.*)")]
    private static partial Regex LogLine();

    [GeneratedRegex(@"[\d.:]+")]
    private static partial Regex Digits();
}
