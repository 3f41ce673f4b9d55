using System.Buffers.Binary;
using OnionHost.Network.Links;
using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Links;

/// <summary>How circuits share a link that takes less than they have.</summary>
public sealed class LinkWriterTests
{
    private const int CellSize = 514;

    private readonly SlowTls _tls = new();
    private readonly LinkWriter _writer;

    public LinkWriterTests()
    {
        _writer = new LinkWriter(_tls, 4, new NodeTraffic(TimeProvider.System, new LinkOptions()), fault => throw fault);
    }

    [Fact]
    public async Task A_stream_that_sends_little_is_not_stuck_behind_downloads()
    {
        var bulk = Enumerable.Range(1, 20).Select(i => (Id: new CircuitId((uint)i), Queue: _writer.CreateQueue())).ToArray();
        foreach (var (id, queue) in bulk)
        {
            Send(queue, id, 2000);
        }

        var typing = new CircuitId(99);
        var typingQueue = _writer.CreateQueue();
        for (var keystroke = 0; keystroke < 30; keystroke++)
        {
            await _tls.NextAsync();
            Send(typingQueue, typing, 1);

            // Two writes may be on their way already; then it comes, though thousands of cells wait.
            var seen = false;
            for (var i = 0; i < 3 && !seen; i++)
            {
                seen = Circuits(await _tls.NextAsync()).Contains(typing.Value);
            }

            Assert.True(seen, $"Keystroke {keystroke} waits behind {_writer.Queued} cells.");
        }

        Assert.True(_writer.Queued > 10_000);
        var left = bulk.Select(b => b.Queue.Count).ToArray();
        Assert.True(left.Max() - left.Min() <= 2, "The downloads get equal shares.");
    }

    [Fact]
    public async Task Writes_are_full_while_cells_wait()
    {
        Send(_writer.CreateQueue(), new CircuitId(1), 5);
        await _tls.NextAsync();
        Send(_writer.CreateQueue(), new CircuitId(2), 2000);
        await _tls.NextAsync();
        await _tls.NextAsync();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(65536 / CellSize * CellSize, (await _tls.NextAsync()).Length);
        }
    }

    private static List<uint> Circuits(byte[] record) =>
        [.. Enumerable.Range(0, record.Length / CellSize).Select(i => BinaryPrimitives.ReadUInt32BigEndian(record.AsSpan(i * CellSize)))];

    private void Send(CellQueue queue, CircuitId id, int cells)
    {
        for (var i = 0; i < cells; i++)
        {
            Assert.True(_writer.TrySend(queue, id, CellCommand.Relay, default, 10_000, 100_000));
        }
    }
}
