using System.Net;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Paths;

/// <summary>Opens a stream on a circuit of the pool; when the exit refuses for reasons of its own, on another one.</summary>
internal sealed class ExitDialer(NodeContext context, ExitCircuits circuits, PathSelector selector, CircuitPoolOptions options, Action<ExitCircuit> build)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<ExitDialer>();

    /// <summary>Refuses what must never reach an exit.</summary>
    /// <exception cref="TorException">The host is an onion name, or not on the Internet.</exception>
    public void Check(in StreamTarget target)
    {
        var host = target.Host.AsSpan().TrimEnd('.');
        if (host.EndsWith(".onion", StringComparison.OrdinalIgnoreCase))
        {
            throw new TorException(TorErrorKind.Local, "An onion address was about to be sent to an exit, which would learn it. Dial it through an onion client.");
        }

        var isLocal = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && PrivateNetworks.Contains(address));
        if (isLocal && !options.AllowPrivateAddresses)
        {
            throw new StreamException(
                "The destination is a private or loopback address, which means this machine or network and not the exit's. Connect to it directly.",
                EndReason.ExitPolicy);
        }
    }

    /// <summary>Opens a stream.</summary>
    public Task<TorStream> DialAsync(NetworkView view, StreamTarget target, CancellationToken cancellationToken) =>
        TryCircuitsAsync(
            view,
            ExitNeed.Of(target),
            target.Isolation,
            (edge, token) => edge.OpenAsync(new BeginMessage(target.Host, (ushort)target.Port, BeginMessage.IPv6Allowed), token),
            cancellationToken);

    /// <summary>Resolves a name or an address.</summary>
    public Task<ResolvedMessage> ResolveAsync(NetworkView view, string host, IsolationKey isolation, CancellationToken cancellationToken) =>
        TryCircuitsAsync(view, ExitNeed.Resolve, isolation, (edge, token) => edge.ResolveAsync(host, token), cancellationToken);

    private async Task<T> TryCircuitsAsync<T>(
        NetworkView view, ExitNeed need, IsolationKey isolation, Func<CircuitEdge, CancellationToken, Task<T>> open, CancellationToken cancellationToken)
    {
        var avoid = new HashSet<RelayFingerprint>();
        StreamException? refusal = null;
        for (var attempt = 1; ; attempt++)
        {
            var circuit = circuits.Claim(need, isolation, avoid.ToHashSet(), out var isNew);
            try
            {
                if (isNew)
                {
                    build(circuit);
                }

                var built = await circuit.Ready.WaitAsync(cancellationToken);
                return await OpenAsync(HopFor(view, built, need), open, attempt, cancellationToken);
            }
            catch (StreamException e) when (attempt < options.StreamTries && IsFaultOfExit(e.Reason))
            {
                refusal = e;
                avoid.Add(circuit.Exit!.Fingerprint);
                PathLog.StreamRetried(_logger, e.Message);
            }
            catch (TorException e) when (refusal is not null && e is not StreamException and not CircuitException)
            {
                // No exit is left to try: what the last one said is the answer.
                throw refusal;
            }
            catch (CircuitException e) when (attempt < options.StreamTries)
            {
                // Built ahead and failed, or it died under us: the next one is fresh.
                circuits.Spend(circuit);
                PathLog.StreamRetried(_logger, e.Message);
            }
            catch (TimeoutException) when (attempt < options.StreamTries)
            {
                circuits.Spend(circuit);
                avoid.Add(circuit.Exit!.Fingerprint);
                PathLog.StreamRetried(_logger, "the exit did not answer in time");
            }
            finally
            {
                circuits.Release(circuit);
            }
        }
    }

    private async Task<T> OpenAsync<T>(
        CircuitEdge hop, Func<CircuitEdge, CancellationToken, Task<T>> open, int attempt, CancellationToken cancellationToken)
    {
        // The last circuit gets all the time that the caller has.
        var limit = attempt < options.StreamTries ? options.StreamTimeout : Timeout.InfiniteTimeSpan;
        using var late = new CancellationTokenSource(limit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await open(hop, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The exit did not answer in time.");
        }
    }

    /// <summary>Where the stream leaves the circuit: at its end, or at another hop if that is wanted and allowed there.</summary>
    private CircuitEdge HopFor(NetworkView view, ClientCircuit circuit, ExitNeed need)
    {
        var hops = options.LeaveFromMiddle ? selector.ExitHops(view, circuit, need) : [];
        return hops.Count > 0 ? circuit.Edge(context.Random.Pick(hops)) : circuit.LastHop;
    }

    /// <summary>True for refusals that another exit may not repeat (path-spec 2.3).</summary>
    private static bool IsFaultOfExit(EndReason reason) => reason is EndReason.ExitPolicy or EndReason.ResolveFailed or EndReason.Misc
        or EndReason.Hibernating or EndReason.ResourceLimit or EndReason.NoRoute or EndReason.Internal;
}
