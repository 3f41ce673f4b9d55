using OnionHost.Network.Links;
using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links.Traffic;

public sealed class QueueMemoryTests
{
    private const int CellsPerChunk = 15;
    private const int ChunkSize = 8192;

    [Theory]
    [InlineData(1L << 27, 1L << 28)]
    [InlineData(1L << 32, 3L << 30)]
    [InlineData(10L << 30, 4L << 30)]
    [InlineData(1L << 40, 8L << 30)]
    public void The_limit_follows_the_machine(long machine, long limit) => Assert.Equal(limit, QueueMemory.DefaultLimit(machine));

    [Fact]
    public async Task The_circuits_whose_cells_wait_longest_are_closed_first()
    {
        var clock = new ManualTimeProvider();
        var tls = new GatedTls();
        await using var pair = LinkPair.Start(clientTls: tls, time: clock, configure: o => o with { MaxMemoryInQueues = 100 * ChunkSize });
        var link = await pair.ConnectAsync();
        tls.Shut();
        var circuits = new List<(CircuitId Id, RecordingCircuit Circuit)>();
        for (var i = 0; i < 4; i++)
        {
            var circuit = new RecordingCircuit();
            circuits.Add((link.Attach(circuit), circuit));
        }

        // The writer takes this cell, and is stuck with it; from here on all stays.
        link.Send(circuits[3].Id, CellCommand.Relay, default);
        await AssertSoonAsync(() => link.QueuedCellsTotal == 0);
        foreach (var (index, chunks) in new[] { (2, 30), (0, 30), (1, 30), (3, 25) })
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            for (var i = 0; i < chunks * CellsPerChunk; i++)
            {
                link.Send(circuits[index].Id, CellCommand.Relay, default);
            }
        }

        await circuits[2].Circuit.LinkClosed.WaitAsync(Timeouts.Step);
        await AssertSoonAsync(() => pair.Client.Traffic.Memory.Used <= 90 * ChunkSize);
        Assert.Equal(0, link.QueuedCells(circuits[2].Id));
        Assert.Equal(30 * CellsPerChunk, link.QueuedCells(circuits[1].Id));
        Assert.False(circuits[1].Circuit.LinkClosed.IsCompleted);
        Assert.True(link.IsOpen);

        await link.DisposeAsync();
        await AssertSoonAsync(() => pair.Client.Traffic.Memory.Used == 0);
    }

    private static async Task AssertSoonAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Timeouts.Step);
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
