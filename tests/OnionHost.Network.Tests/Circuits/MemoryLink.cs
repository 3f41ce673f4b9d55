using System.Net;
using System.Threading.Channels;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Circuits;

/// <summary>One end of a link without TLS: cells go through a queue to the other end's read loop, in batches.</summary>
internal sealed class MemoryLink : ICircuitLink
{
    private readonly Channel<(CircuitId Id, CellCommand Command, byte[] Payload)> _incoming =
        Channel.CreateUnbounded<(CircuitId, CellCommand, byte[])>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Dictionary<CircuitId, ILinkCircuit> _circuits = [];
    private readonly Lock _lock = new();
    private readonly bool _isInitiator;
    private MemoryLink _other = null!;
    private uint _lastId;

    private MemoryLink(LinkPeer peer, bool isInitiator)
    {
        Peer = peer;
        _isInitiator = isInitiator;
    }

    public LinkPeer Peer { get; }

    public bool IsOpen { get; private set; } = true;

    public CircuitAcceptor? Acceptor { get; set; }

    /// <summary>Sees each cell before it is handed over, and may change it; false drops it.</summary>
    public Func<CellCommand, byte[], bool>? Tamper { get; set; }

    public Action<CircuitId, CellCommand, byte[]>? Sent { get; set; }

    /// <summary>Cells handed over with this command.</summary>
    public int Count(CellCommand command) => _counts[(int)command];

    private readonly int[] _counts = new int[256];

    public static (MemoryLink Near, MemoryLink Far) Pair(RelayFingerprint? near, RelayFingerprint? far)
    {
        var where = new IPEndPoint(IPAddress.Loopback, 9001);
        var a = new MemoryLink(new LinkPeer(far, null, where, far is not null), isInitiator: true);
        var b = new MemoryLink(new LinkPeer(near, null, where, near is not null), isInitiator: false);
        (a._other, b._other) = (b, a);
        _ = Task.Run(a.ReadAsync);
        _ = Task.Run(b.ReadAsync);
        return (a, b);
    }

    public void MarkMultiHop()
    {
    }

    public CircuitId Attach(ILinkCircuit circuit)
    {
        lock (_lock)
        {
            var id = new CircuitId(++_lastId | (_isInitiator ? CircuitId.InitiatorBit : 0));
            _circuits.Add(id, circuit);
            return id;
        }
    }

    public bool TryAttach(CircuitId id, ILinkCircuit circuit)
    {
        lock (_lock)
        {
            return _circuits.TryAdd(id, circuit);
        }
    }

    public void Detach(CircuitId id)
    {
        lock (_lock)
        {
            _circuits.Remove(id);
        }
    }

    public void Send(CircuitId id, CellCommand command, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (!_circuits.ContainsKey(id))
            {
                return;
            }
        }

        var copy = new byte[CellFraming.PayloadSize];
        payload.CopyTo(copy);
        Sent?.Invoke(id, command, copy);
        _other._incoming.Writer.TryWrite((id, command, copy));
    }

    public void Destroy(CircuitId id, DestroyReason reason)
    {
        Detach(id);
        var payload = new byte[CellFraming.PayloadSize];
        payload[0] = (byte)reason;
        _other._incoming.Writer.TryWrite((id, CellCommand.Destroy, payload));
    }

    public int QueuedCells(CircuitId id) => 0;

    /// <summary>Breaks the link at both ends.</summary>
    public void Break()
    {
        Closed();
        _other.Closed();
    }

    private void Closed()
    {
        ILinkCircuit[] all;
        lock (_lock)
        {
            IsOpen = false;
            all = [.. _circuits.Values];
            _circuits.Clear();
        }

        _incoming.Writer.TryComplete();
        Array.ForEach(all, circuit => circuit.OnLinkClosed());
    }

    private async Task ReadAsync()
    {
        var touched = new HashSet<ILinkCircuit>();
        while (await _incoming.Reader.WaitToReadAsync())
        {
            for (var i = 0; i < 32 && _incoming.Reader.TryRead(out var cell); i++)
            {
                if (Handle(cell.Id, cell.Command, cell.Payload) is { } circuit)
                {
                    touched.Add(circuit);
                }
            }

            foreach (var circuit in touched)
            {
                circuit.OnBatchEnd();
            }

            touched.Clear();
        }
    }

    private ILinkCircuit? Handle(CircuitId id, CellCommand command, byte[] payload)
    {
        if (Tamper?.Invoke(command, payload) == false)
        {
            return null;
        }

        Interlocked.Increment(ref _counts[(int)command]);
        ILinkCircuit? circuit;
        lock (_lock)
        {
            circuit = _circuits.GetValueOrDefault(id);
            if (command == CellCommand.Destroy)
            {
                _circuits.Remove(id);
            }
        }

        if (circuit is null && command is CellCommand.CreateFast or CellCommand.Create2)
        {
            Acceptor?.Accept(this, id, command, payload);
            return null;
        }

        circuit?.OnCell(command, payload);
        return circuit;
    }
}
