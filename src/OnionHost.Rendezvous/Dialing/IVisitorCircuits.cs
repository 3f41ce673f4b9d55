using OnionHost.Network.Congestion;
using OnionHost.Network.Streams;
using OnionHost.Protocol.RelayCrypto;
using OnionHost.Rendezvous.Introductions;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>The circuits of a visitor on the way to a service.</summary>
internal interface IVisitorCircuits
{
    /// <summary>Builds a circuit to a relay of one's own choice, which then waits for the service.</summary>
    /// <param name="cookie">The rendezvous cookie, 20 bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IWaitingRendezvous> WaitAtRendezvousAsync(ReadOnlyMemory<byte> cookie, CancellationToken cancellationToken);

    /// <summary>Builds a circuit to an introduction point.</summary>
    Task<IIntroducing> ReachIntroductionPointAsync(IntroductionTarget point, CancellationToken cancellationToken);
}

/// <summary>A circuit to an introduction point, good for one introduction.</summary>
internal interface IIntroducing : IAsyncDisposable
{
    /// <summary>Sends INTRODUCE1 and gives the status of INTRODUCE_ACK.</summary>
    Task<ushort> IntroduceAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}

/// <summary>A circuit that waits at its rendezvous point.</summary>
internal interface IWaitingRendezvous : IAsyncDisposable
{
    /// <summary>The relay that it waits at.</summary>
    RendezvousTarget Target { get; }

    /// <summary>The body of RENDEZVOUS2, when the service has come; faults when the circuit closes.</summary>
    Task<byte[]> Arrival { get; }

    /// <summary>Adds the layer to the service. From here on disposing this does nothing.</summary>
    /// <param name="layer">The keys.</param>
    /// <param name="terms">Congestion control, if it was asked for; null for fixed windows.</param>
    IJoinedCircuit Join(RelayLayer layer, CongestionTerms? terms);
}

/// <summary>A circuit whose far end is an onion service.</summary>
internal interface IJoinedCircuit
{
    /// <summary>False once it closed.</summary>
    bool IsOpen { get; }

    /// <summary>Streams on it.</summary>
    int OpenStreams { get; }

    /// <summary>Opens a stream to a virtual port.</summary>
    Task<TorStream> OpenAsync(int port, CancellationToken cancellationToken);

    /// <summary>Closes it with its streams.</summary>
    void Close();
}
