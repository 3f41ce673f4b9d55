using OnionHost.Rendezvous.Introductions;

namespace OnionHost.Rendezvous.Visitors;

/// <summary>Builds circuits to the rendezvous points that visitors wait at.</summary>
internal interface IVisitorMeeting
{
    /// <summary>Builds a circuit to the rendezvous point and joins the visitor's.</summary>
    /// <param name="target">The rendezvous point.</param>
    /// <param name="answer">RENDEZVOUS1 and the layer; the circuit owns it when the task succeeds.</param>
    /// <param name="onStream">Takes each stream that the visitor opens; called on a read loop, so it must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Protocol.TorException">The rendezvous point could not be reached.</exception>
    Task<IVisitorCircuit> JoinAsync(
        RendezvousTarget target, RendezvousAnswer answer, Action<IVisitorCircuit, IVisitorStream> onStream, CancellationToken cancellationToken);
}

/// <summary>The service's end of a joined circuit.</summary>
internal interface IVisitorCircuit
{
    /// <summary>Unique in this process while it lives.</summary>
    uint Id { get; }

    /// <summary>Completes when it is closed, by whomever.</summary>
    Task Closed { get; }

    /// <summary>Streams on it.</summary>
    int OpenStreams { get; }

    /// <summary>Ends its streams, and waits until the visitor has received everything.</summary>
    Task DrainAsync(CancellationToken cancellationToken);

    /// <summary>Closes it with its streams.</summary>
    void Close();
}

/// <summary>A stream that a visitor asks for.</summary>
internal interface IVisitorStream
{
    /// <summary>The virtual port; 0 if the request was malformed or no BEGIN.</summary>
    int Port { get; }

    /// <summary>Cancelled when it is closed.</summary>
    CancellationToken Closed { get; }

    /// <summary>Takes it.</summary>
    System.IO.Pipelines.IDuplexPipe Accept();

    /// <summary>Ends it.</summary>
    void Abort();
}
