using System.Text;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.SharedRandom;

/// <summary>The state on disk, in the form of tor's <c>sr-state</c> file. It holds this authority's secret of the present run.</summary>
public static class SharedRandomStateText
{
    /// <summary>Writes the state.</summary>
    /// <exception cref="InvalidOperationException">It never entered a round.</exception>
    public static string Format(SharedRandomState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var validAfter = state.ValidAfter ?? throw new InvalidOperationException("A shared random state that entered no round cannot be stored.");
        var text = new StringBuilder("# Shared random state. It holds a secret until it is revealed. Times are in UTC.\n\n");
        foreach (var commit in state.Commits)
        {
            text.Append("Commit ").Append(commit.Format(commit.Reveal is not null)).Append('\n');
        }

        Append(text, "SharedRandPreviousValue", state.Previous);
        Append(text, "SharedRandCurrentValue", state.Current);
        var left = SharedRandomSchedule.RoundsPerRun - 1 - SharedRandomSchedule.RoundInRun(validAfter, state.Interval);
        return text.Append("ValidAfter ").Append(DocumentTime.Format(validAfter))
            .Append("\nValidUntil ").Append(DocumentTime.Format(validAfter + (left * state.Interval)))
            .Append("\nVersion 1\n").ToString();
    }

    /// <summary>Reads what <see cref="Format"/> or tor wrote.</summary>
    /// <param name="text">The file.</param>
    /// <param name="self">This authority's v3 identity.</param>
    /// <param name="authorities">All authorities' v3 identities.</param>
    /// <param name="interval">The voting interval, whole seconds.</param>
    /// <exception cref="ProtocolException">It breaks the format.</exception>
    public static SharedRandomState Parse(
        string text, RelayFingerprint self, IEnumerable<RelayFingerprint> authorities, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n').Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 0).ToList();
        if (One("Version", lines) is not ["1"])
        {
            throw new ProtocolException("A shared random state is of an unknown version.");
        }

        var commits = lines.Where(w => w[0] == "Commit").Select(w => SharedRandomCommit.Parse(w[1..])).OfType<SharedRandomCommit>();
        if (One("ValidAfter", lines) is not [var date, var time] || !DocumentTime.TryParse(date, time, out var validAfter))
        {
            throw new ProtocolException("A shared random state has no time ValidAfter.");
        }

        var state = new SharedRandomState(self, authorities, interval);
        state.Restore(validAfter, commits, Value("SharedRandPreviousValue", lines), Value("SharedRandCurrentValue", lines));
        return state;
    }

    private static void Append(StringBuilder text, string keyword, SharedRandomValue? value)
    {
        if (value is { } known)
        {
            text.Append(keyword).Append(' ').Append(known).Append('\n');
        }
    }

    private static string[]? One(string keyword, List<string[]> lines) => lines.FirstOrDefault(w => w[0] == keyword)?[1..];

    private static SharedRandomValue? Value(string keyword, List<string[]> lines) =>
        One(keyword, lines) is { } arguments ? SharedRandomValue.Parse(arguments) : null;
}
