using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Authority.Flags;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>Which relays answered lately, and how reliably they ran so far. Safe for concurrent use.</summary>
internal sealed class ReachabilityTable
{
    private readonly ConcurrentDictionary<RelayFingerprint, Entry> _relays = [];
    private readonly NodeContext _context;
    private readonly ReachabilityOptions _options;
    private readonly IReachabilityTester _tester;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _free;
    private int _part;

    /// <summary>Knows no relay yet.</summary>
    public ReachabilityTable(NodeContext context, ReachabilityOptions options, IReachabilityTester tester)
    {
        _context = context;
        _options = options;
        _tester = tester;
        _logger = context.Loggers.CreateLogger<ReachabilityTable>();
        _free = new SemaphoreSlim(options.Parallel);
    }

    /// <summary>True if the relay answered lately at the addresses of this descriptor.</summary>
    public bool IsRunning(ServerDescriptor descriptor) =>
        _options.Assume
        || (_relays.TryGetValue(descriptor.Fingerprint, out var entry) && entry.IsReached(descriptor, _context.Now - _options.ValidFor));

    /// <summary>How the relay ran so far.</summary>
    public RelayHistory HistoryOf(RelayFingerprint relay) => EntryOf(relay).History;

    /// <summary>Tests a relay now.</summary>
    public async Task TestAsync(ServerDescriptor descriptor, CancellationToken ct)
    {
        if (_options.Assume)
        {
            EntryOf(descriptor.Fingerprint).Note(descriptor, true, _context.Now);
            return;
        }

        await _free.WaitAsync(ct);
        try
        {
            var isReached = await _tester.TestAsync(descriptor, ct);
            var entry = EntryOf(descriptor.Fingerprint);
            if (entry.Note(descriptor, isReached, _context.Now))
            {
                AuthorityLog.Reachability(_logger, isReached);
            }
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Tests the next part of the relays.</summary>
    public Task TestNextPartAsync(IEnumerable<ServerDescriptor> descriptors, CancellationToken ct)
    {
        var part = _part++ % _options.Parts;
        return Task.WhenAll(descriptors.Where(d => d.Fingerprint.Span[0] % _options.Parts == part).Select(d => TestAsync(d, ct)));
    }

    /// <summary>Forgets relays that have no descriptor any more.</summary>
    public void Keep(IReadOnlySet<RelayFingerprint> relays)
    {
        foreach (var relay in _relays.Keys.Where(r => !relays.Contains(r)))
        {
            _relays.TryRemove(relay, out _);
        }
    }

    private Entry EntryOf(RelayFingerprint relay) => _relays.GetOrAdd(relay, static (_, now) => new Entry(now), _context.Now);

    /// <summary>One relay.</summary>
    private sealed class Entry(DateTimeOffset firstSeen)
    {
        private readonly Lock _lock = new();
        private DateTimeOffset _reached = DateTimeOffset.MinValue;
        private string _where = string.Empty;

        public RelayHistory History { get; } = new(firstSeen);

        public bool IsReached(ServerDescriptor descriptor, DateTimeOffset since)
        {
            lock (_lock)
            {
                return _reached >= since && _where == Where(descriptor);
            }
        }

        public bool Note(ServerDescriptor descriptor, bool isReached, DateTimeOffset now)
        {
            lock (_lock)
            {
                var isChanged = isReached != (History.RunningSince is not null);
                History.Set(isReached, now);
                if (isReached)
                {
                    (_reached, _where) = (now, Where(descriptor));
                }

                return isChanged;
            }
        }

        private static string Where(ServerDescriptor descriptor) =>
            $"{descriptor.Address}:{descriptor.OrPort} {string.Join(' ', descriptor.ExtraAddresses)} {descriptor.Identity}";
    }
}
