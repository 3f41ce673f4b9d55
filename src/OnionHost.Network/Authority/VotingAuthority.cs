using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Network.Authority.Rounds;
using OnionHost.Network.Authority.Uploads;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Authority;

/// <summary>
/// A directory authority (dir-spec 3): takes relays' descriptors, tests whether they answer, votes, and agrees with the
/// others on a consensus, at the times of its schedule or on request. It plugs into a directory server by <see cref="Resource"/>.
/// </summary>
internal sealed class VotingAuthority : IAsyncDisposable
{
    // The next round of the schedule, one on request, and the last one, which a slower authority may still ask about.
    private const int OpenRounds = 3;

    private readonly AuthorityParts _parts;
    private readonly NodeContext _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<BackgroundLoop> _loops = [];
    private readonly Lock _lock = new();
    private ImmutableArray<VotingRound> _open = [];
    private readonly AuthorityMetrics _metrics;
    private volatile VotingRound? _last;
    private long _published;
    private long _failed;

    /// <summary>Loads what is on disk. Nothing runs before <see cref="Start"/>, but rounds can be run by hand.</summary>
    /// <param name="context">Time, randomness, logs.</param>
    /// <param name="options">What it is told.</param>
    /// <param name="keys">Its keys; the caller disposes them.</param>
    /// <param name="store">Where consensuses, certificates, descriptors and microdescriptors go for clients to fetch.</param>
    /// <param name="tester">Tests relays; the caller disposes it.</param>
    public VotingAuthority(NodeContext context, AuthorityOptions options, AuthorityKeys keys, DirectoryStore store, IReachabilityTester tester)
    {
        _context = context;
        var files = options.DataDirectory is { } folder ? new AuthorityFiles(folder) : null;
        var pool = new DescriptorPool(context, options, store, files);
        var schedule = new VotingSchedule(options.Interval, options.VoteDelay, options.DistributionDelay);
        Reachability = new ReachabilityTable(context, options.Reachability, tester, files);
        _parts = new AuthorityParts
        {
            Context = context,
            Options = options,
            Keys = keys,
            Schedule = schedule,
            Store = store,
            Pool = pool,
            Composer = new VoteComposer(context, options, keys, store, pool, Reachability),
            SharedRandom = new SharedRandomKeeper(context, keys.Identity, options, schedule.Interval, files),
            Peers = new AuthorityPeers(context, options),
            OwnVotes = new OwnVotes(context, keys.Identity, files),
            Equivocations = new Equivocations(context, options),
        };
        _metrics = new AuthorityMetrics(options.Self.Nickname.ToString(), this);
        store.OwnCertificate = keys.Certificate;
        store.AddCertificate(keys.Certificate);
        Resource = new AuthorityResource(this, context.Loggers.CreateLogger<AuthorityResource>());
        if (store.Consensus(ConsensusFlavor.Microdesc) is { } known)
        {
            _parts.SharedRandom.Settle(known);
        }
    }

    /// <summary>Answers uploads, and requests for votes and signatures. It goes before the cache's resource.</summary>
    public IDirectoryResource Resource { get; }

    /// <summary>When the rounds are.</summary>
    public VotingSchedule Schedule => _parts.Schedule;

    /// <summary>Which relays answered lately.</summary>
    public ReachabilityTable Reachability { get; }

    /// <summary>The rounds that votes and signatures are taken for, the one begun last first.</summary>
    public ImmutableArray<VotingRound> Open
    {
        get
        {
            lock (_lock)
            {
                return _open;
            }
        }
    }

    /// <summary>The round of the last published consensus; null if there is none.</summary>
    public VotingRound? Last => _last;

    /// <summary>The other authorities.</summary>
    public AuthorityPeers Peers => _parts.Peers;

    /// <summary>Authorities that were caught with two different votes of one period.</summary>
    public Equivocations Equivocations => _parts.Equivocations;

    /// <summary>How many rounds ended with a consensus, and how many without.</summary>
    public (long Published, long Failed) Rounds => (Interlocked.Read(ref _published), Interlocked.Read(ref _failed));

    /// <summary>Why the last round ended without a consensus; null if it ended with one.</summary>
    public string? Problem { get; private set; }

    /// <summary>This authority's v3 identity.</summary>
    public AuthorityKeys Keys => _parts.Keys;

    /// <summary>A new consensus is being served (the microdescriptor flavour is given).</summary>
    public event Action<Consensus>? Published;

    /// <summary>A round ended without a consensus: its time, and why.</summary>
    public event Action<DateTimeOffset, string>? Failed;

    /// <summary>A step of a scheduled round was done, well or not.</summary>
    public event Action<VotingStep>? StepDone;

    /// <summary>Begins to test relays and to hold rounds by the schedule.</summary>
    public void Start()
    {
        _loops.Add(BackgroundLoop.Start("reachability tests", _context, TestInTurnAsync));
        _loops.Add(BackgroundLoop.Start("voting", _context, new VotingLoop(_context, this, step => StepDone?.Invoke(step)).RunAsync));
    }

    /// <summary>Takes an uploaded descriptor; a new one is tested at once, in the background.</summary>
    public UploadVerdict Offer(ServerDescriptor descriptor)
    {
        var verdict = _parts.Pool.Offer(descriptor);
        if (verdict.IsAccepted)
        {
            _ = TestQuietlyAsync(descriptor);
        }

        return verdict;
    }

    /// <summary>Takes an extra-info, if it belongs to its relay's newest descriptor.</summary>
    public UploadVerdict Offer(ExtraInfo extra) => _parts.Pool.Offer(extra);

    /// <summary>
    /// Takes a descriptor and waits until its links were tested; for a new private network, whose first round should know its
    /// relays soon. The circuit follows in the background, after the first pause of the tests.
    /// </summary>
    public async Task<UploadVerdict> OfferAndTestAsync(ServerDescriptor descriptor, CancellationToken ct)
    {
        var verdict = _parts.Pool.Offer(descriptor);
        await Reachability.TestAsync(descriptor, ReachabilityDepth.Link, ct);
        return verdict;
    }

    /// <summary>Tests all relays now.</summary>
    public Task TestAllAsync(CancellationToken ct) =>
        Task.WhenAll(_parts.Pool.Current().Select(r => Reachability.TestAsync(r.Descriptor, ReachabilityDepth.Circuit, ct)));

    /// <summary>Begins to take votes for a round; the round of the same time if there is one already.</summary>
    /// <param name="validAfter">When its consensus becomes valid.</param>
    /// <param name="postedUntil">Until when votes may be posted; null: until its consensus is computed.</param>
    public VotingRound BeginRound(DateTimeOffset validAfter, DateTimeOffset? postedUntil = null)
    {
        lock (_lock)
        {
            if (_open.FirstOrDefault(r => r.ValidAfter == validAfter) is { } open)
            {
                return open;
            }

            var round = new VotingRound(_parts, validAfter, postedUntil);
            _open = [round, .. _open.Take(OpenRounds - 1)];
            return round;
        }
    }

    /// <summary>Publishes the consensus of a round whose steps were done one by one.</summary>
    /// <exception cref="TorException">Too few authorities signed.</exception>
    public async Task<Consensus> PublishAsync(VotingRound round, CancellationToken ct)
    {
        Consensus consensus;
        try
        {
            consensus = await round.PublishAsync(ct);
        }
        catch (TorException) when (round.Problem is { } problem)
        {
            Interlocked.Increment(ref _failed);
            Problem = problem;
            Failed?.Invoke(round.ValidAfter, problem);
            throw;
        }

        _last = round;
        Interlocked.Increment(ref _published);
        Problem = null;
        Reachability.Save();
        Published?.Invoke(consensus);
        return consensus;
    }

    /// <summary>
    /// When a round that is held at once, without regard to the schedule, becomes valid: when the present period began. If this
    /// authority voted in it already, before it was restarted, a new period begins now, for nobody may vote in one twice.
    /// </summary>
    public DateTimeOffset PeriodAt(DateTimeOffset now)
    {
        var begin = Schedule.Current(now);
        if (!_parts.OwnVotes.IsAnyWithin(begin, now))
        {
            return begin;
        }

        var moment = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        while (_parts.OwnVotes.Of(moment) is not null)
        {
            moment = moment.AddSeconds(1);
        }

        return moment;
    }

    /// <summary>Stops; a round that is under way is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }

        _metrics.Dispose();
        _stop.Dispose();
    }

    // Tests are not waited for: those of relays that are gone take long, and the others' turns come all the same.
    private async Task TestInTurnAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(_parts.Options.Reachability.Pause, _context.Time, ct);
            foreach (var descriptor in Reachability.NextPart(_parts.Pool.Current().Select(r => r.Descriptor)))
            {
                _ = TestQuietlyAsync(descriptor);
            }
        }
    }

    private async Task TestQuietlyAsync(ServerDescriptor descriptor)
    {
        try
        {
            await Reachability.TestAsync(descriptor, ReachabilityDepth.Circuit, _stop.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
        {
            // The authority stops.
        }
    }
}
