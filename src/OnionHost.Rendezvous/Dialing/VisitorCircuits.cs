using OnionHost.Network;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Directory;
using OnionHost.Network.Paths;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Introductions;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>A visitor's circuits over the network (PROTOCOL 6.1): 3 hops to the rendezvous point, 4 to introduction points.</summary>
internal sealed class VisitorCircuits(ICircuitSource source) : IVisitorCircuits
{
    private const int RendezvousLength = 3;
    private const int IntroductionLength = 4;

    /// <inheritdoc/>
    public async Task<IWaitingRendezvous> WaitAtRendezvousAsync(ReadOnlyMemory<byte> cookie, CancellationToken cancellationToken)
    {
        var request = new CircuitRequest { Length = RendezvousLength, LastFilter = CanMeet, Stable = true, IsOnion = true };
        var circuit = await source.BuildAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var edge = circuit.LastHop;
            var established = edge.ReceiveAsync(RelayCommand.RendezvousEstablished, cancellationToken);
            var arrival = edge.ReceiveAsync(RelayCommand.Rendezvous2, CancellationToken.None);
            edge.Send(RelayCommand.EstablishRendezvous, StreamId.None, cookie.Span);
            await established.ConfigureAwait(false);
            return new WaitingRendezvous(circuit, arrival);
        }
        catch
        {
            circuit.Close();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IIntroducing> ReachIntroductionPointAsync(IntroductionTarget point, CancellationToken cancellationToken)
    {
        var request = new CircuitRequest { Length = IntroductionLength, Last = point.Relay, IsOnion = true };
        return new Introducing(await source.BuildAsync(request, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Which relays may be a rendezvous point.</summary>
    internal static bool CanMeet(RelayNode relay) => relay.Has(RelayFlags.Fast) && relay.Status.Protocols.Supports("HSRend", 2);

    private sealed class WaitingRendezvous(ClientCircuit circuit, Task<byte[]> arrival) : IWaitingRendezvous
    {
        private bool _joined;

        public RendezvousTarget Target { get; } = new(circuit.Path[^1]!.OnionKey, circuit.Path[^1]!.Specifiers);

        public Task<byte[]> Arrival => arrival;

        public IJoinedCircuit Join(Protocol.RelayCrypto.RelayLayer layer, CongestionTerms? terms)
        {
            var edge = circuit.AddOnionHop(layer, OnionHopSide.Client, terms);
            _joined = true;
            return new JoinedCircuit(circuit, edge);
        }

        public ValueTask DisposeAsync()
        {
            if (_joined)
            {
                return ValueTask.CompletedTask;
            }

            _ = arrival.MayFailUnheard();
            return circuit.DisposeAsync();
        }
    }

    private sealed class Introducing(ClientCircuit circuit) : IIntroducing
    {
        public async Task<ushort> IntroduceAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            var edge = circuit.LastHop;
            var answer = edge.ReceiveAsync(RelayCommand.IntroduceAck, cancellationToken);
            edge.Send(RelayCommand.Introduce1, StreamId.None, body.Span);
            return Status(await answer.ConfigureAwait(false));
        }

        public ValueTask DisposeAsync() => circuit.DisposeAsync();

        private static ushort Status(ReadOnlySpan<byte> body)
        {
            var reader = new SpanReader(body);
            return IntroduceAckMessage.Read(ref reader).Status;
        }
    }
}
