using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol.Cells;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links.Traffic;

/// <summary>A link that has used up its tokens reads on only when the clock gives new ones.</summary>
public sealed class LinkBandwidthTests
{
    private const int Rate = 16 * 1024;
    private const int Cells = 200;
    private const int SmallestRead = 4096;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reading_keeps_to_the_rate(bool perLink)
    {
        var clock = new ManualTimeProvider();
        var limit = new Bandwidth(Rate, Rate);
        await using var pair = LinkPair.Start(time: clock, configure: options => options.Credentials is null
            ? options
            : perLink ? options with { BandwidthPerLink = limit } : options with { Bandwidth = limit });
        var link = await pair.ConnectAsync();
        var id = link.Attach(new RecordingCircuit());
        link.Send(id, CellCommand.CreateFast, default);
        var (far, _, circuit, _) = await pair.Acceptor.NextAsync();
        for (var i = 0; i < Cells; i++)
        {
            link.Send(id, CellCommand.Relay, default);
        }

        var started = clock.GetUtcNow();
        using var limitOfTest = new CancellationTokenSource(Timeouts.Step);
        for (var got = 0; got < Cells;)
        {
            while (circuit.Cells.TryRead(out _))
            {
                got++;
            }

            var elapsed = (clock.GetUtcNow() - started).TotalSeconds;
            Assert.True(far.BytesReceived <= Rate + (Rate * elapsed) + SmallestRead, $"{far.BytesReceived} bytes in {elapsed} s");
            if (clock.NextDue is { } due && due - clock.GetUtcNow() < TimeSpan.FromSeconds(1))
            {
                clock.AdvanceTo(due);
            }

            await Task.Delay(1, limitOfTest.Token);
        }

        Assert.True((clock.GetUtcNow() - started).TotalSeconds > 4);
    }

    [Fact]
    public async Task A_link_that_waits_for_tokens_can_be_closed()
    {
        var clock = new ManualTimeProvider();
        await using var pair = LinkPair.Start(time: clock, configure: options =>
            options.Credentials is null ? options : options with { BandwidthPerLink = new Bandwidth(Rate, Rate) });
        var link = await pair.ConnectAsync();
        var id = link.Attach(new RecordingCircuit());
        link.Send(id, CellCommand.CreateFast, default);
        var (far, _, circuit, _) = await pair.Acceptor.NextAsync();
        for (var i = 0; i < Cells; i++)
        {
            link.Send(id, CellCommand.Relay, default);
        }

        await circuit.NextAsync();
        await far.DisposeAsync().AsTask().WaitAsync(Timeouts.Step);
        await circuit.LinkClosed.WaitAsync(Timeouts.Step);
    }
}
