using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using Polly;
using Polly.Retry;

namespace OnionHost.Network.Paths;

/// <summary>Makes circuits from needs: chooses a path, builds it, and chooses another one around the relay that failed. Bounded in how many it builds at a time.</summary>
internal sealed class CircuitFactory
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly NetworkWait _network;
    private readonly PathPlanner _planner;
    private readonly CircuitBuilder _builder;
    private readonly BuildTimeout _timeout;
    private readonly NodeContext _context;
    private readonly int _length;
    private readonly SemaphoreSlim _places;
    private readonly ResiliencePipeline _retry;

    public CircuitFactory(NodeContext context, NetworkWait network, PathPlanner planner, CircuitBuilder builder, CircuitPoolOptions options)
    {
        _context = context;
        _network = network;
        _planner = planner;
        _builder = builder;
        _timeout = builder.Timeout;
        _length = options.ExitLength;
        _places = new SemaphoreSlim(options.MaxPending);
        _retry = new ResiliencePipelineBuilder { TimeProvider = context.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<CircuitException>(),
                MaxRetryAttempts = options.BuildTries - 1,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = LongestPause,
            })
            .Build();
    }

    /// <summary>True if some exit of the network serves the need.</summary>
    public bool HasExit(NetworkView view, ExitNeed need) => view.Relays.Any(n => _planner.Selector.CanBeExit(n, need));

    /// <summary>Builds a circuit to an exit.</summary>
    public async Task<(ClientCircuit Circuit, RelayNode Exit)> BuildExitAsync(
        ExitNeed need, IReadOnlySet<RelayFingerprint> avoid, CancellationToken cancellationToken)
    {
        var (circuit, plan) = await BuildAsync((view, failed) => _planner.PlanExit(view, need, failed.Concat(avoid), _length), cancellationToken);
        return (circuit, plan.Last!);
    }

    /// <summary>Builds what a request asks for.</summary>
    public async Task<ClientCircuit> BuildAsync(CircuitRequest request, CancellationToken cancellationToken)
    {
        var (circuit, _) = await BuildAsync(
            (view, failed) => _planner.Plan(view, request, failed.Where(f => f != request.Last?.Fingerprint)), cancellationToken);
        return circuit;
    }

    /// <summary>True if a circuit built ahead can be finished, or used as it is, for the request.</summary>
    public bool Fits(NetworkView view, ClientCircuit stub, CircuitRequest request)
    {
        if (stub.Path.Any(hop => hop is null || request.Exclude.Contains(hop.Fingerprint)))
        {
            return false;
        }

        if (request.Length == stub.Length)
        {
            return request.Last is null
                && view.Find(stub.Path[^1]!.Fingerprint) is { } end
                && _planner.Selector.CanBeMiddle(end, request.Stable)
                && (request.LastFilter is null || request.LastFilter(end));
        }

        if (request.Length != stub.Length + 1 || request.Last is not { } last)
        {
            return request.Length == stub.Length + 1;
        }

        if (request.IsOnion)
        {
            return _planner.Onion.CanEndAt(view, stub.Path, last);
        }

        var draft = new PathDraft(_planner.Selector, []);
        draft.Add(stub.Path, view);
        return view.Find(last.Fingerprint) is { } node ? draft.Accepts(node) : !draft.Has(last.Fingerprint);
    }

    /// <summary>Extends a stub that fits, if it has to be. Null if that fails: the stub is closed then.</summary>
    public async Task<ClientCircuit?> FinishAsync(ClientCircuit stub, NetworkView view, CircuitRequest request, CancellationToken cancellationToken)
    {
        if (stub.Length == request.Length)
        {
            return stub;
        }

        using var late = new CancellationTokenSource(_timeout.For(request.Length), _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            if ((request.Last ?? ChooseLast(stub, view, request)) is { } last)
            {
                await stub.ExtendAsync(last, either.Token);
                return stub;
            }
        }
        catch (Exception e) when (e is TorException or OperationCanceledException)
        {
            await stub.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }

        await stub.DisposeAsync();
        return null;
    }

    private HopTarget? ChooseLast(ClientCircuit stub, NetworkView view, CircuitRequest request)
    {
        var draft = new PathDraft(_planner.Selector, request.Exclude);
        draft.Add(stub.Path, view);
        return _planner.Selector.PickMiddle(view, draft, request.Stable, request.LastFilter ?? (static _ => true))?.ToHop();
    }

    private async Task<(ClientCircuit Circuit, PathPlan Plan)> BuildAsync(
        Func<NetworkView, HashSet<RelayFingerprint>, PathPlan> plan, CancellationToken cancellationToken)
    {
        var failed = new HashSet<RelayFingerprint>();
        return await _retry.ExecuteAsync(
            async token =>
            {
                var view = await _network(token);
                var path = PlanAround(view, failed, plan);
                await _places.WaitAsync(token);
                try
                {
                    return await _builder.BuildAsync(path, token);
                }
                catch (CircuitException e) when (e.FailedHop >= 0)
                {
                    failed.UnionWith(e.FailedRelays);
                    throw;
                }
                finally
                {
                    _places.Release();
                }
            },
            cancellationToken);
    }

    /// <summary>In a small network too few relays may be left without those that failed: then they get another chance.</summary>
    private static PathPlan PlanAround(NetworkView view, HashSet<RelayFingerprint> failed, Func<NetworkView, HashSet<RelayFingerprint>, PathPlan> plan)
    {
        try
        {
            return plan(view, failed);
        }
        catch (TorException) when (failed.Count > 0)
        {
            failed.Clear();
            return plan(view, failed);
        }
    }
}
