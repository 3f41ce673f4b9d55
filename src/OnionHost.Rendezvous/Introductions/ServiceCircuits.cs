using OnionHost.Network;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Visitors;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>A service's circuits over the network (PROTOCOL 6.1): 4 hops to introduction points, and to rendezvous points.</summary>
internal sealed class ServiceCircuits(NodeContext context, ICircuitSource source) : IIntroductionCircuits, IVisitorMeeting
{
    private const int Length = 4;

    private static readonly TimeSpan EstablishLimit = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<IStandingIntroduction> EstablishAsync(
        IntroductionKeys keys,
        IReadOnlyCollection<RelayFingerprint> exclude,
        Action<ReadOnlyMemory<byte>> onIntroduction,
        CancellationToken cancellationToken)
    {
        var request = new CircuitRequest
        {
            Length = Length, Stable = true, IsOnion = true, LastFilter = relay => CanIntroduce(relay) && !exclude.Contains(relay.Fingerprint),
        };
        var circuit = await source.BuildAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var edge = circuit.LastHop;
            edge.Handle(RelayCommand.Introduce2, (_, body) => onIntroduction(body.ToArray()));
            var established = edge.ReceiveAsync(RelayCommand.IntroEstablished, cancellationToken);
            edge.Send(
                RelayCommand.EstablishIntro, StreamId.None, EstablishIntroduction.Create(keys.Auth, edge.CircuitBinding.Span, []));
            await established.WaitAsync(EstablishLimit, context.Time, cancellationToken).ConfigureAwait(false);
            return new Standing(circuit);
        }
        catch (TimeoutException fault)
        {
            circuit.Close();
            throw new TorException(TorErrorKind.Network, "A relay did not answer ESTABLISH_INTRO.", isTransient: true, fault);
        }
        catch
        {
            circuit.Close();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IVisitorCircuit> JoinAsync(
        RendezvousTarget target, RendezvousAnswer answer, Action<IVisitorCircuit, IVisitorStream> onStream, CancellationToken cancellationToken)
    {
        var circuit = await source.BuildAsync(new CircuitRequest { Length = Length, Last = ToHop(target), IsOnion = true }, cancellationToken).ConfigureAwait(false);
        try
        {
            // The layer comes first: the visitor's first cell may follow RENDEZVOUS1 closely.
            var rendezvous = circuit.LastHop;
            var edge = circuit.AddOnionHop(answer.Layer, OnionHopSide.Service, answer.Congestion);
            var visitor = new VisitorCircuit(circuit, edge, onStream);
            rendezvous.Send(RelayCommand.Rendezvous1, StreamId.None, answer.Body.Span);
            return visitor;
        }
        catch
        {
            circuit.Close();
            throw;
        }
    }

    /// <summary>Which relays may be an introduction point.</summary>
    internal static bool CanIntroduce(RelayNode relay) =>
        relay.Has(RelayFlags.Stable) && relay.Status.Protocols.Supports("HSIntro", 4);

    private static HopTarget ToHop(RendezvousTarget target) => new(
        LinkSpecifiers.Fingerprint(target.Specifiers) ?? throw new ProtocolException("The rendezvous point has no fingerprint."),
        LinkSpecifiers.Ed25519(target.Specifiers),
        target.OnionKey,
        target.Specifiers);

    private sealed class Standing(ClientCircuit circuit) : IStandingIntroduction
    {
        public HopTarget Relay { get; } = circuit.Path[^1]!;

        public Task Closed => circuit.Closed;

        public ValueTask DisposeAsync() => circuit.DisposeAsync();
    }
}
