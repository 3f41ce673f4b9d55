using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Benchmarks.Primitives;

/// <summary>
/// A relay's way of a cell without TLS and sockets: from the read of one link through two joined circuits (one layer off, one
/// on) to the write of another; and a link's write alone. Figures are for one cell, and none may allocate.
/// </summary>
[MemoryDiagnoser]
public class LinkPath
{
    private const int CellsPerWrite = 127;
    private const int Reads = 64;

    private static readonly CircuitId Near = new(1);
    private static readonly CircuitId Far = new(2);

    private readonly NodeContext _context = new(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
    private readonly LinkOptions _options = new();
    private readonly byte[] _payload = new byte[CellFraming.PayloadSize];
    private MemoryTls _input = null!;
    private MemoryTls _output = null!;
    private LinkWriter _writer = null!;
    private CellQueue _queue = null!;
    private Link _from = null!;
    private LinkDispatcher _dispatcher = null!;

    [GlobalSetup]
    public void Setup()
    {
        var traffic = new NodeTraffic(TimeProvider.System, _options);
        _writer = new LinkWriter(new MemoryTls([]), 4, traffic, _ => { });
        _queue = _writer.CreateQueue();
        _input = new MemoryTls(Cells());
        _output = new MemoryTls([]);
        _from = LinkOver(_input, traffic);
        var to = LinkOver(_output, traffic);
        var here = Circuit(_from, Near);
        var there = Circuit(to, Far);
        to.TryAttach(Far, there);
        here.SpliceTo(there);
        var circuits = new LinkCircuits(TimeProvider.System, new LinkWriter(new MemoryTls([]), 4, traffic, _ => { }), 16, NullLogger.Instance);
        circuits.TryAdd(Near, here);
        _dispatcher = new LinkDispatcher(_from, circuits, LinkNumbering.Wide(isInitiator: false), acceptors: null, NullLogger.Instance);
    }

    /// <summary>Queues what one write takes, and writes it.</summary>
    [Benchmark(OperationsPerInvoke = CellsPerWrite)]
    public void WriteBatch()
    {
        using var batch = LinkBatch.Begin();
        for (var i = 0; i < CellsPerWrite; i++)
        {
            _writer.TrySend(_queue, Near, CellCommand.Relay, _payload, CellsPerWrite, CellsPerWrite);
        }
    }

    /// <summary>Read, dispatch, one layer off, one layer on, queue, write.</summary>
    [Benchmark(OperationsPerInvoke = CellsPerWrite * Reads)]
    public async Task Forward()
    {
        _input.Rewind(Reads);
        var before = _output.Written;
        var reader = new LinkReader(_from, _dispatcher, _input, ArrayPool<byte>.Shared.Rent(LinkReader.BufferSize), 0);
        await reader.RunAsync();
        if (_output.Written == before)
        {
            throw new InvalidOperationException("Nothing came through.");
        }
    }

    private static byte[] Cells()
    {
        var cells = new byte[CellsPerWrite * CellFraming.FixedCellSize(4)];
        for (var i = 0; i < CellsPerWrite; i++)
        {
            CellFraming.WriteFixed(cells.AsSpan(i * CellFraming.FixedCellSize(4)), 4, Near, CellCommand.Relay, new byte[CellFraming.PayloadSize]);
        }

        return cells;
    }

    private Link LinkOver(MemoryTls tls, NodeTraffic traffic) => new(
        _context, _options, traffic, tls,
        new LinkHandshakeResult(new LinkPeer(null, null, tls.Remote, IsAuthenticated: false), IsInitiator: false, LinkNumbering.Wide(isInitiator: false)));

    private RelayCircuit Circuit(Link link, CircuitId id)
    {
        var fingerprint = new RelayFingerprint(_context.Random.Bytes(20));
        var keys = new NtorOnionKeys(X25519KeyPair.Generate(_context.Random), Previous: null);
        using var client = NtorClientHandshake.Begin(fingerprint, keys.Current.Public, _context.Random);
        var circuit = new RelayCircuit(_context, link, id, extender: null!, new RelayRoles());
        circuit.Establish(
            NtorServer.Answer(client.Onionskin.Span, fingerprint, keys, _context.Random, new byte[NtorClientHandshake.ReplySize]),
            new FixedCircuitFlow(acceptUntagged: false), CellCommand.Created2, []);
        return circuit;
    }
}
