using OnionHost.Network.Relays;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Relays;

/// <summary>Lets a relay be a rendezvous point: ESTABLISH_RENDEZVOUS from clients, RENDEZVOUS1 from services (rend-spec-v3 4).</summary>
internal sealed class RendezvousPointRole : IRelayRole
{
    private const int Capacity = 20_000;

    private readonly RendezvousPoints _points = new(Capacity);

    /// <summary>Clients that wait here.</summary>
    public int Waiting => _points.Count;

    /// <inheritdoc/>
    public void Attach(RelayCircuit circuit)
    {
        var session = new RendezvousPointSession(_points, new RoleCircuit(circuit));
        circuit.Edge.Handle(RelayCommand.EstablishRendezvous, (_, body) => session.OnEstablish(body));
        circuit.Edge.Handle(RelayCommand.Rendezvous1, (_, body) => session.OnJoin(body));
        circuit.Closed.ContinueWith(
            _ => session.OnClosed(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
