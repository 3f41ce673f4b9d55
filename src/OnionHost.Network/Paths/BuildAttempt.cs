using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Guards;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Paths;

/// <summary>One try to build a path, hop by hop. It goes on while it is only measured, and then closes what it built.</summary>
internal sealed class BuildAttempt(NodeContext context, GuardSet guards, BuildTimeout timeout, PathPlan first, ILogger logger)
{
    /// <summary>More relays in the place of those that could not be reached are not tried on one circuit.</summary>
    private const int MaxReplacements = 2;

    private readonly TaskCompletionSource _firstHop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private PathPlan _plan = first;
    private ClientCircuit? _circuit;
    private long _began;
    private bool _isLate;
    private bool _isDone;

    /// <summary>The path as it is now: relays that could not be reached were replaced.</summary>
    public PathPlan Plan => Volatile.Read(ref _plan);

    /// <summary>Completes when the first hop answered; never, if it does not.</summary>
    public Task FirstHop => _firstHop.Task;

    /// <summary>Hops that stand.</summary>
    public int Reached => Volatile.Read(ref _circuit)?.Length ?? 0;

    /// <summary>Time since CREATE was sent: how long the link took tells nothing about circuits (path-spec 2.4).</summary>
    public TimeSpan Elapsed => context.Time.GetElapsedTime(_began);

    /// <summary>Nobody waits any more; false if it is complete already.</summary>
    public bool TryLeave()
    {
        lock (_lock)
        {
            return !_isDone && (_isLate = true);
        }
    }

    /// <summary>Builds it. Fails with whatever stopped it; the circuit is closed then, and also if the caller has left.</summary>
    public async Task<ClientCircuit> RunAsync(LinkOpener links, CancellationToken stop)
    {
        try
        {
            var link = await links(Plan.Guard.ToLinkTarget(), stop);
            _began = context.Time.GetTimestamp();
            var circuit = await ClientCircuit.CreateAsync(context, link, Plan.Guard, stop);
            Volatile.Write(ref _circuit, circuit);
            timeout.Answered();
            guards.Succeeded(Plan.Guard.Fingerprint);
            _firstHop.TrySetResult();
            await ExtendAsync(circuit, stop);
            lock (_lock)
            {
                _isDone = !_isLate;
            }

            return _isDone ? circuit : throw new OperationCanceledException("The circuit came too late.");
        }
        catch (Exception e) when (e is TorException or OperationCanceledException)
        {
            if (_circuit is { } circuit)
            {
                await circuit.DisposeAsync();
            }

            if (_isLate && e is OperationCanceledException && Reached < BuildTimeout.MeasuredLength)
            {
                timeout.Abandoned(_began);
            }

            throw;
        }
    }

    private async Task ExtendAsync(ClientCircuit circuit, CancellationToken stop)
    {
        for (var hop = 1; hop < Plan.Hops.Count; hop++)
        {
            await ReachAsync(circuit, hop, stop);
            timeout.Answered();
            if (circuit.Length == BuildTimeout.MeasuredLength && Plan.Replaced.IsEmpty)
            {
                timeout.Built(Elapsed, _isLate);
            }
        }
    }

    /// <summary>Extends by a hop; when it cannot be reached, to another relay in its place, and the hops before it are kept.</summary>
    private async Task ReachAsync(ClientCircuit circuit, int hop, CancellationToken stop)
    {
        while (Plan.Replaced.Count < MaxReplacements && Plan.IsReplaceable(hop) && !_isLate)
        {
            if (await circuit.TryExtendAsync(Plan.Hops[hop], timeout.For(Plan.Hops.Count) / 2, stop))
            {
                return;
            }

            var other = Plan.Replace(Plan, hop)
                ?? throw new CircuitException("The relay before it cannot reach it, and there is no other.", DestroyReason.ConnectFailed, hop);
            PathLog.Replaced(logger, circuit.Number, hop + 1);
            Volatile.Write(ref _plan, other);
        }

        await circuit.ExtendAsync(Plan.Hops[hop], stop);
    }
}
