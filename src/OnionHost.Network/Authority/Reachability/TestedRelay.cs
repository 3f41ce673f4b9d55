using OnionHost.Network.Authority.Flags;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>What the tests of one relay gave. Safe for concurrent use.</summary>
/// <param name="validFor">How long an answer counts.</param>
/// <param name="history">How the relay ran so far.</param>
internal sealed class TestedRelay(TimeSpan validFor, RelayHistory history)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _reached = DateTimeOffset.MinValue;
    private string _where = string.Empty;
    private bool _owesCircuit;
    private int _failures;

    /// <summary>How the relay ran so far.</summary>
    public RelayHistory History => history;

    /// <summary>Whoever tests the relay.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>True while somebody tests it.</summary>
    public bool IsBeingTested => Turn.CurrentCount == 0;

    /// <summary>True if it should not wait for its turn: it just failed, or only its links were tested.</summary>
    public bool IsDue(int retries)
    {
        lock (_lock)
        {
            return _owesCircuit || (_failures > 0 && _failures <= retries);
        }
    }

    /// <summary>The history as words of a line.</summary>
    public string Format(DateTimeOffset now)
    {
        lock (_lock)
        {
            return history.Format(now);
        }
    }

    /// <summary>True if it answered lately at the addresses of this descriptor.</summary>
    public bool IsReached(ServerDescriptor descriptor, DateTimeOffset now)
    {
        lock (_lock)
        {
            return IsReached(Where(descriptor), now);
        }
    }

    /// <summary>Takes the outcome of a test. One that failed changes nothing while the last that did not still counts.</summary>
    /// <returns>True if the relay begins or ceases to run.</returns>
    public bool Note(ServerDescriptor descriptor, bool isReached, DateTimeOffset now, ReachabilityDepth depth)
    {
        lock (_lock)
        {
            var where = Where(descriptor);
            _owesCircuit = isReached && depth == ReachabilityDepth.Link;
            _failures = isReached ? 0 : _failures + 1;
            if (isReached)
            {
                (_reached, _where) = (now, where);
            }

            var isRunning = IsReached(where, now);
            var isChanged = isRunning != (history.RunningSince is not null);
            history.Set(isRunning, now);
            return isChanged;
        }
    }

    private static string Where(ServerDescriptor descriptor) =>
        $"{descriptor.Address}:{descriptor.OrPort} {string.Join(' ', descriptor.ExtraAddresses)} {descriptor.Identity}";

    private bool IsReached(string where, DateTimeOffset now) => _reached >= now - validFor && _where == where;
}
