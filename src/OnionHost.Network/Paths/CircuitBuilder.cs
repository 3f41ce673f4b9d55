using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Guards;
using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Paths;

/// <summary>Builds the circuit of a plan, one try, hop by hop; tells the guard set how the first hop did.</summary>
internal sealed class CircuitBuilder(NodeContext context, LinkOpener links, GuardSet guards, BuildTimeout timeout)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<CircuitBuilder>();

    /// <summary>How long a build may take.</summary>
    public BuildTimeout Timeout => timeout;

    /// <summary>Builds it.</summary>
    /// <exception cref="CircuitException">A hop failed or did not answer in time; it tells which.</exception>
    public async Task<ClientCircuit> BuildAsync(PathPlan plan, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        using var late = new CancellationTokenSource(timeout.Current, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        ClientCircuit? circuit = null;
        try
        {
            circuit = await CreateAsync(plan.Guard, either.Token);
            guards.Succeeded(plan.Guard.Fingerprint);
            for (var hop = 1; hop < plan.Hops.Count; hop++)
            {
                await circuit.ExtendAsync(plan.Hops[hop], either.Token);
            }

            timeout.Built(context.Time.GetElapsedTime(started));
            PathLog.Built(_logger, circuit.Number, plan.Hops.Count);
            return circuit;
        }
        catch (Exception e) when (e is TorException or OperationCanceledException)
        {
            var reached = circuit?.Length ?? 0;
            if (circuit is not null)
            {
                await circuit.DisposeAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (e is OperationCanceledException && !late.IsCancellationRequested)
            {
                // The node stops; the guard has done nothing.
                throw;
            }

            if (reached == 0)
            {
                guards.Failed(plan.Guard.Fingerprint);
            }

            PathLog.BuildFailed(_logger, reached + 1, plan.Hops.Count, e.Message);
            throw new CircuitException(
                $"Hop {reached + 1} of {plan.Hops.Count} failed: {(e is TorException ? e.Message : "it did not answer in time.")}",
                (e as CircuitException)?.Reason ?? DestroyReason.Timeout, reached, e);
        }
    }

    private async Task<ClientCircuit> CreateAsync(HopTarget guard, CancellationToken cancellationToken)
    {
        var link = await links(guard.ToLinkTarget(), cancellationToken);
        return await ClientCircuit.CreateAsync(context, link, guard, cancellationToken);
    }
}
