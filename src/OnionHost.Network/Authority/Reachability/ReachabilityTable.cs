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

    private readonly ConcurrentDictionary<RelayFingerprint, TestedRelay> _relays = [];
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
                _relays[relay] = new TestedRelay(_options.ValidFor, history);
            }
        }
    }

    /// <summary>True if the relay answered lately at the addresses of this descriptor.</summary>
    public bool IsRunning(ServerDescriptor descriptor) =>
        _options.Assume
        || (_relays.TryGetValue(descriptor.Fingerprint, out var entry) && entry.IsReached(descriptor, _context.Now));

    /// <summary>How the relay ran so far.</summary>
    public RelayHistory HistoryOf(RelayFingerprint relay) => EntryOf(relay).History;

    /// <summary>Tests a relay now, or after the test of it that goes on.</summary>
    public async Task TestAsync(ServerDescriptor descriptor, ReachabilityDepth depth, CancellationToken ct)
    {
        var relay = EntryOf(descriptor.Fingerprint);
        if (_options.Assume)
        {
            relay.Note(descriptor, isReached: true, _context.Now, ReachabilityDepth.Circuit);
            return;
        }

        // One at a time: two tests would share a link, and the first to end closes it.
        await relay.Turn.WaitAsync(ct);
        try
        {
            await _free.WaitAsync(ct);
            try
            {
                var isReached = await _tester.TestAsync(descriptor, depth, ct);
                if (relay.Note(descriptor, isReached, _context.Now, depth))
                {
                    AuthorityLog.Reachability(_logger, isReached);
                }
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            relay.Turn.Release();
        }
    }

    /// <summary>
    /// The relays to test now: the next part of all, which failed lately, and of which only links were tested. Those that are
    /// being tested are left out, so that slow tests do not pile up.
    /// </summary>
    public IReadOnlyList<ServerDescriptor> NextPart(IEnumerable<ServerDescriptor> descriptors)
    {
        var part = _part++ % _options.Parts;
        return [.. descriptors.Where(d => EntryOf(d.Fingerprint) is { IsBeingTested: false } relay
            && (d.Fingerprint.Span[0] % _options.Parts == part || relay.IsDue(_options.Retries)))];
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

    private TestedRelay EntryOf(RelayFingerprint relay) =>
        _relays.GetOrAdd(relay, static (_, table) => new TestedRelay(table._options.ValidFor, new RelayHistory(table._context.Now)), this);
}
