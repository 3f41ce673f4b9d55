using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Guards;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Paths;

/// <summary>Builds the circuit of a plan within the time that circuits take; tells the guard set how the first hop did.</summary>
internal sealed class CircuitBuilder(NodeContext context, LinkOpener links, GuardSet guards, BuildTimeout timeout)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<CircuitBuilder>();

    /// <summary>How long a build may take.</summary>
    public BuildTimeout Timeout => timeout;

    /// <summary>Builds it. The plan that comes back says which relays it goes through in the end.</summary>
    /// <exception cref="CircuitException">A hop failed or did not answer in time; it tells which.</exception>
    public async Task<(ClientCircuit Circuit, PathPlan Plan)> BuildAsync(PathPlan plan, CancellationToken cancellationToken)
    {
        var attempt = new BuildAttempt(context, guards, timeout, plan, _logger);
        var stop = new CancellationTokenSource(timeout.Close, context.Time);
        var building = attempt.RunAsync(links, stop.Token);
        var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), stop);
        if (!await IsInTimeAsync(attempt, building, plan.Hops.Count) && attempt.TryLeave())
        {
            // The build goes on without the caller, to be measured.
            await registration.DisposeAsync();
            _ = FinishLateAsync(building, stop);
            timeout.TimedOut();
            PathLog.Late(_logger, attempt.Reached + 1, plan.Hops.Count);
            throw Failure(attempt, "it did not answer in time.", DestroyReason.Timeout, null);
        }

        try
        {
            return (await CompleteAsync(attempt, building, stop, cancellationToken), attempt.Plan);
        }
        finally
        {
            await registration.DisposeAsync();
            stop.Dispose();
        }
    }

    /// <summary>
    /// False if it is late. The first hop always has all the time that there is: whether it answers says something about the
    /// guard, and circuits do not leave a guard because it is slow now and then.
    /// </summary>
    private async Task<bool> IsInTimeAsync(BuildAttempt attempt, Task building, int hops)
    {
        await Task.WhenAny(building, attempt.FirstHop);
        var left = timeout.For(hops) - attempt.Elapsed;
        if (building.IsCompleted || timeout.For(hops) >= timeout.Close)
        {
            // Too little is known to tell early.
            await ((Task)building).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }

        using var enough = new CancellationTokenSource();
        await Task.WhenAny(building, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, context.Time, enough.Token));
        await enough.CancelAsync();
        return building.IsCompleted;
    }

    private async Task<ClientCircuit> CompleteAsync(
        BuildAttempt attempt, Task<ClientCircuit> building, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        try
        {
            var circuit = await building;
            PathLog.Built(_logger, circuit.Number, circuit.Length);
            return circuit;
        }
        catch (Exception e) when (e is TorException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (e is OperationCanceledException && !stop.IsCancellationRequested)
            {
                // The node stops; the guard has done nothing.
                throw;
            }

            if (attempt.Reached == 0)
            {
                guards.Failed(attempt.Plan.Guard.Fingerprint);
            }

            PathLog.BuildFailed(_logger, attempt.Reached + 1, attempt.Plan.Hops.Count, e.Message);
            throw Failure(attempt, e is TorException ? e.Message : "it did not answer in time.", (e as CircuitException)?.Reason ?? DestroyReason.Timeout, e);
        }
    }

    private static CircuitException Failure(BuildAttempt attempt, string why, DestroyReason reason, Exception? inner)
    {
        var (reached, hops) = (attempt.Reached, attempt.Plan.Hops);
        return new CircuitException($"Hop {reached + 1} of {hops.Count} failed: {why}", reason, reached, inner)
        {
            FailedRelays = [.. attempt.Plan.Replaced, .. hops.Skip(reached).Take(1).Select(h => h.Fingerprint)],
        };
    }

    private static async Task FinishLateAsync(Task building, CancellationTokenSource stop)
    {
        await building.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }
}
