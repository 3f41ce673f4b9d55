using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Authority.Flags;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>Which relays answered lately, and how reliably they ran so far. Safe for concurrent use.</summary>
internal sealed class ReachabilityTable
{
    private const string FileName = "relay-history";

    private readonly ConcurrentDictionary<RelayFingerprint, Entry> _relays = [];
    private readonly NodeContext _context;
    private readonly ReachabilityOptions _options;
    private readonly IReachabilityTester _tester;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _free;
    private readonly AuthorityFiles? _files;
    private int _part;

    /// <summary>Remembers how relays ran, if there are files; which of them run now has to be tested anew.</summary>
    public ReachabilityTable(NodeContext context, ReachabilityOptions options, IReachabilityTester tester, AuthorityFiles? files = null)
    {
        _files = files;
        _context = context;
        _options = options;
        _tester = tester;
        _logger = context.Loggers.CreateLogger<ReachabilityTable>();
        _free = new SemaphoreSlim(options.Parallel);
        foreach (var line in files?.Read(FileName)?.Split('\n') ?? [])
        {
            var words = line.Split(' ');
            if (RelayFingerprint.TryParse(words[0], out var relay) && RelayHistory.TryParse(words.AsSpan(1), context.Now) is { } history)
            {
                _relays[relay] = new Entry(history);
            }
        }
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

    /// <summary>Stores how relays ran, if there are files.</summary>
    public void Save() => _files?.Write(FileName, string.Concat(_relays.Select(r => $"{r.Key} {r.Value.Format(_context.Now)}\n")));

    private Entry EntryOf(RelayFingerprint relay) => _relays.GetOrAdd(relay, static (_, now) => new Entry(new RelayHistory(now)), _context.Now);

    /// <summary>One relay.</summary>
    private sealed class Entry(RelayHistory history)
    {
        private readonly Lock _lock = new();
        private DateTimeOffset _reached = DateTimeOffset.MinValue;
        private string _where = string.Empty;

        public RelayHistory History => history;

        public string Format(DateTimeOffset now)
        {
            lock (_lock)
            {
                return history.Format(now);
            }
        }

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
