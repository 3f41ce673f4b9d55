using System.Text.RegularExpressions;

namespace OnionHost.InteropTests;

/// <summary>What the stock nodes' logs say of ours: the judgement that these tests are about.</summary>
internal static partial class StockLogs
{
    // Said of every relay and client that comes, whoever made it.
    private static readonly string[] Usual =
    [
        "Configured to measure statistics",
        "Your log may contain sensitive information",
        "Opening Control listener", "Opened Control listener", "Opening OR listener", "Opened OR listener",
        "Opening Directory listener", "Opened Directory listener", "Opening Socks listener", "Opened Socks listener",
        "New control connection opened",
    ];

    // Complaints that come at info, whatever their domain.
    private static readonly string[] Complaints =
    [
        "identity keys were not as expected", "Received a bad", "malformed", "Malformed", "undecodable", "unparseable", "Couldn't parse", "couldn't parse",
        "unexpected", "Unexpected", "unrecognized", "not as expected", "wasn't valid", "does not match", "do not match", "Dropping.", "Closing circuit",
        "weird", "known circ", "not according to protocol", "Rejecting", "Reject", "clock", "non-canonical", "not canonical",
    ];

    /// <summary>
    /// Lines of every stock node that name one of the markers and are a notice, a warning, an error, in the protocol domain, or a known complaint.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="markers">Nicknames, fingerprints and ports of our nodes.</param>
    /// <param name="expected">Regular expressions of what the test provokes.</param>
    public static IReadOnlyList<string> About(StockNetwork network, IEnumerable<string> markers, params string[] expected) =>
        [.. network.Nodes.SelectMany(node => About(Lines(node.InfoLog), markers, IsTrouble, expected).Select(line => $"{node.Nickname}: {line}"))];

    /// <summary>The lines of a log that name one of the markers, are trouble, and are not expected.</summary>
    internal static IEnumerable<string> About(IEnumerable<string> log, IEnumerable<string> markers, Func<string, bool> isTrouble, params string[] expected)
    {
        var named = new Regex(string.Join('|', markers.Select(Regex.Escape)));
        return log.Where(line => named.IsMatch(line) && isTrouble(line) && !expected.Any(e => Regex.IsMatch(line, e)));
    }

    /// <summary>Waits until a line of a node's log matches, from an offset on.</summary>
    public static Task<string> WaitAsync(StockNode node, string pattern, long from, CancellationToken limit) => WaitAsync(node.InfoLog, pattern, from, limit);

    /// <summary>Waits until a line of a log matches, from an offset on.</summary>
    public static async Task<string> WaitAsync(string log, string pattern, long from, CancellationToken limit)
    {
        while (true)
        {
            if (Lines(log, from).FirstOrDefault(line => Regex.IsMatch(line, pattern)) is { } found)
            {
                return found;
            }

            // The daemon writes whenever it does; a file cannot be waited on.
            await Task.Delay(50, limit);
        }
    }

    /// <summary>How long a node's log is now, to wait for what comes after.</summary>
    public static long Length(StockNode node) => new FileInfo(node.InfoLog).Length;

    /// <summary>True for a warning, an error, and whatever is in the protocol domain.</summary>
    internal static bool IsWarning(string line) =>
        Level().Match(line) is { Success: true, Groups: [_, { Value: var level }, { Value: var text }] }
        && (level is "warn" or "err" || text.StartsWith("{PROTOCOL}", StringComparison.Ordinal));

    /// <summary>True for more than that: notices and known complaints too, but for what is said of everybody.</summary>
    internal static bool IsTrouble(string line) =>
        Level().Match(line) is { Success: true, Groups: [_, { Value: var level }, { Value: var text }] }
        && !Usual.Any(text.Contains)
        && (level != "info" || text.StartsWith("{PROTOCOL}", StringComparison.Ordinal) || Complaints.Any(text.Contains));

    /// <summary>The lines of a log that is being written.</summary>
    public static IEnumerable<string> Lines(string file, long from = 0)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    [GeneratedRegex(@"^\w{3} +\d+ [\d:.]+ \[(info|notice|warn|err)\] (.*)$")]
    private static partial Regex Level();
}
