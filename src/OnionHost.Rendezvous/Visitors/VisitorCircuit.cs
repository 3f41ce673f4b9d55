using System.IO.Pipelines;
using OnionHost.Network.Circuits;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Visitors;

/// <summary>A service's circuit with the virtual hop to a visitor at its end. Streams are taken from that hop only.</summary>
internal sealed class VisitorCircuit : IVisitorCircuit, IInboundStreams
{
    private readonly ClientCircuit _circuit;
    private readonly CircuitEdge _edge;
    private readonly Action<IVisitorCircuit, IVisitorStream> _onStream;

    /// <summary>Begins to take streams.</summary>
    public VisitorCircuit(ClientCircuit circuit, CircuitEdge edge, Action<IVisitorCircuit, IVisitorStream> onStream)
    {
        _circuit = circuit;
        _edge = edge;
        _onStream = onStream;
        edge.Inbound = this;
    }

    /// <inheritdoc/>
    public uint Id => unchecked((uint)_circuit.Number);

    /// <inheritdoc/>
    public Task Closed => _circuit.Closed;

    /// <inheritdoc/>
    public int OpenStreams => _edge.OpenStreams;

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken cancellationToken) => _edge.DrainAsync(cancellationToken);

    /// <inheritdoc/>
    public void Close() => _circuit.Close();

    /// <inheritdoc/>
    public void OnBegin(InboundStream stream) => _onStream(this, new VisitorStream(stream));

    private sealed class VisitorStream(InboundStream stream) : IVisitorStream
    {
        private TorStream? _accepted;

        public int Port { get; } = ReadPort(stream);

        public CancellationToken Closed => stream.Closed;

        public IDuplexPipe Accept() => _accepted = stream.Accept(new ConnectedMessage(null, 0));

        public void Abort()
        {
            if (_accepted is { } accepted)
            {
                accepted.Abort(EndReason.Misc);
            }
            else
            {
                stream.Refuse(EndReason.Misc);
            }
        }

        private static int ReadPort(InboundStream stream)
        {
            try
            {
                return stream.Command == RelayCommand.Begin ? stream.Begin().Port : 0;
            }
            catch (ProtocolException)
            {
                return 0;
            }
        }
    }
}
