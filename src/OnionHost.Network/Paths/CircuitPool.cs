using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Paths;

/// <summary>
/// A client's circuits: exit circuits that streams share as far as isolation allows, built ahead for ports in use and retired after
/// ten minutes of use, and circuits for one caller alone, finished from stubs where possible.
/// </summary>
internal sealed class CircuitPool : ICircuitSource, IStreamDialer, IAsyncDisposable
{
    private static readonly TimeSpan KeepingPause = TimeSpan.FromSeconds(10);

    private readonly NodeContext _context;
    private readonly NetworkWait _network;
    private readonly CircuitPoolOptions _options;
    private readonly CircuitFactory _factory;
    private readonly ExitCircuits _exits;
    private readonly OnionStubs _stubs;
    private readonly RecentPorts _ports;
    private readonly ExitDialer _dialer;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LongRangePadding? _padding;
    private BackgroundLoop? _keeper;
    private BackgroundLoop? _padder;

    public CircuitPool(NodeContext context, NetworkWait network, PathPlanner planner, CircuitBuilder builder, CircuitPoolOptions? options = null)
    {
        _context = context;
        _network = network;
        _options = options ?? new CircuitPoolOptions();
        _factory = new CircuitFactory(context, network, planner, builder, _options);
        _exits = new ExitCircuits(context.Time, planner.Selector, _options);
        _stubs = new OnionStubs(context.Time, _options);
        _ports = new RecentPorts(context.Time, _options.PortMemory, _options.FirstPorts);
        _dialer = new ExitDialer(context, _exits, planner.Selector, _options, StartBuilding);
        _padding = _options.LongRangePadding is { } pause ? new LongRangePadding(context, pause, _exits.InUse) : null;
        _logger = context.Loggers.CreateLogger<CircuitPool>();
    }

    /// <summary>Begins to build circuits ahead, as soon as the network is known.</summary>
    public void Start()
    {
        _keeper ??= BackgroundLoop.Start("circuit pool", _context, KeepAsync);
        _padder ??= _padding is null ? null : BackgroundLoop.Start("long-range padding", _context, _padding.RunAsync);
    }

    /// <inheritdoc/>
    public async Task<TorStream> DialAsync(StreamTarget target, CancellationToken cancellationToken)
    {
        _dialer.Check(target);
        _ports.Use(target.Port);
        var view = await _network(cancellationToken);
        var stream = await _dialer.DialAsync(view, target, cancellationToken);
        Wake();
        return stream;
    }

    /// <inheritdoc/>
    public async Task<ResolvedMessage> ResolveAsync(string host, IsolationKey isolation, CancellationToken cancellationToken)
    {
        _dialer.Check(new StreamTarget(host, 0, isolation));
        var view = await _network(cancellationToken);
        return await _dialer.ResolveAsync(view, host, isolation, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ClientCircuit> BuildAsync(CircuitRequest request, CancellationToken cancellationToken)
    {
        var circuit = await BuildOrFinishAsync(request, cancellationToken);
        _padding?.Follow(circuit);
        return circuit;
    }

    /// <summary>Closes every circuit that the pool still holds.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
        }

        if (_padder is not null)
        {
            await _padder.DisposeAsync();
        }

        foreach (var circuit in _exits.Clear())
        {
            circuit.Fail(new OperationCanceledException("The client is being closed."));
            if (circuit.IsBuilt)
            {
                await circuit.Ready.Result.DisposeAsync();
            }
        }

        while (_stubs.TryTake(static _ => true) is { } stub)
        {
            await stub.DisposeAsync();
        }
    }

    private async Task<ClientCircuit> BuildOrFinishAsync(CircuitRequest request, CancellationToken cancellationToken)
    {
        var view = await _network(cancellationToken);
        if (_stubs.TryTake(stub => _factory.Fits(view, stub, request)) is { } found)
        {
            Wake();
            if (await _factory.FinishAsync(found, view, request, cancellationToken) is { } finished)
            {
                return finished;
            }
        }

        return await _factory.BuildAsync(request, cancellationToken);
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var view = await _network(stop);
            await RetireAsync();
            BuildAhead(view);
            var wake = Volatile.Read(ref _wake);
            await Task.WhenAny(wake.Task, Task.Delay(KeepingPause, _context.Time, stop));
            Interlocked.CompareExchange(ref _wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), wake);
        }
    }

    private void Wake() => Volatile.Read(ref _wake).TrySetResult();

    private async Task RetireAsync()
    {
        foreach (var circuit in _exits.Retire().Concat(_stubs.Retire()))
        {
            PathLog.Retired(_logger, circuit.Number);
            await circuit.DisposeAsync();
        }
    }

    private void BuildAhead(NetworkView view)
    {
        foreach (var port in _ports.Current())
        {
            var need = new ExitNeed(port, LongLivedPorts.Contains(port));
            while (_factory.HasExit(view, need) && _exits.AddAhead(need) is { } circuit)
            {
                StartBuilding(circuit);
            }
        }

        while (_stubs.TryReserve())
        {
            _ = BuildStubAsync();
        }
    }

    private async Task BuildStubAsync()
    {
        ClientCircuit? built = null;
        try
        {
            built = await _factory.BuildAsync(new CircuitRequest { Stable = true, IsOnion = true }, _stop.Token);
        }
        catch (Exception e)
        {
            PathLog.AheadFailed(_logger, e.Message);
        }

        _stubs.Fill(built);
        if (_stop.IsCancellationRequested && built is not null)
        {
            await built.DisposeAsync();
        }
    }

    private void StartBuilding(ExitCircuit circuit) => _ = BuildExitAsync(circuit);

    private async Task BuildExitAsync(ExitCircuit circuit)
    {
        try
        {
            var (built, exit) = await _factory.BuildExitAsync(circuit.Need, circuit.Avoid, _stop.Token);
            circuit.Complete(built, exit);
            if (_stop.IsCancellationRequested)
            {
                await built.DisposeAsync();
            }
        }
        catch (Exception e)
        {
            PathLog.AheadFailed(_logger, e.Message);
            circuit.Fail(e);
        }
    }
}
