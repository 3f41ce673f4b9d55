using OnionHost.Network;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Relays;

/// <summary>Lets a relay be an introduction point: ESTABLISH_INTRO from services, INTRODUCE1 from clients (rend-spec-v3 3).</summary>
internal sealed class IntroductionPointRole : IRelayRole
{
    private const int Capacity = 20_000;

    private readonly IntroductionPoints _points;

    /// <summary>Creates the role of one relay.</summary>
    public IntroductionPointRole(NodeContext context)
    {
        _points = new IntroductionPoints(context.Time, Capacity);
    }

    /// <summary>Services that have an introduction point here.</summary>
    public int Count => _points.Count;

    /// <summary>Those of them that get only so many introductions a second.</summary>
    public int LimitedCount => _points.LimitedCount;

    /// <summary>Heeds the limits of a new consensus.</summary>
    public void OnParameters(NetworkParameters parameters) => _points.DefaultLimit = IntroductionLimit.Of(parameters);

    /// <inheritdoc/>
    public void Attach(RelayCircuit circuit)
    {
        var session = new IntroductionPointSession(_points, new RoleCircuit(circuit));
        circuit.Edge.Handle(RelayCommand.EstablishIntro, (_, body) => session.OnEstablish(body));
        circuit.Edge.Handle(RelayCommand.Introduce1, (_, body) => session.OnIntroduce(body));
        circuit.Closed.ContinueWith(
            _ => session.OnClosed(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
