using OnionHost.Network.Relays;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Relays;

/// <summary>A relay keeps to its bandwidth, says it in its descriptor, and says there what it has carried.</summary>
public sealed class RelayBandwidthTests
{
    private const int Rate = 32 * 1024;

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task A_byte_from_a_server_counts_as_a_whole_cell()
    {
        await using var network = await RelayNetwork.StartAsync(1, o => o with { BandwidthRate = Rate, BandwidthBurst = Rate }, _clock);
        await using var echo = LoopbackHost.Echo();
        using var limit = new CancellationTokenSource(RelayNetwork.Soon);
        var circuit = await network.BuildAsync(0);
        await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", echo.Port, 0), limit.Token);

        // A byte there and back: a cell from the link, and a byte from the server that goes on in a cell.
        var rounds = 0;
        for (var stalled = false; !stalled; rounds++)
        {
            await stream.Output.WriteAsync(new byte[] { 7 }, limit.Token);
            var answer = stream.Input.ReadAsync(limit.Token).AsTask();
            while (!answer.IsCompleted)
            {
                stalled |= _clock.NextDue is { } due && due - _clock.GetUtcNow() < TimeSpan.FromSeconds(1);
                if (stalled)
                {
                    _clock.Advance(TimeSpan.FromMilliseconds(100));
                }

                await Task.Delay(1, limit.Token);
            }

            stream.Input.AdvanceTo((await answer).Buffer.End);
        }

        Assert.InRange(rounds, 10, Rate / (2 * 514) + 2);
    }

    [Fact]
    public async Task The_descriptor_says_the_limits_and_what_was_measured()
    {
        await using var network = await RelayNetwork.StartAsync(
            1, o => o with { BandwidthRate = 500_000, BandwidthBurst = 900_000, AllowPrivateAddresses = false }, _clock);
        var relay = network.Relays[0];
        var changes = 0;
        relay.Changed += () => changes++;
        var descriptor = relay.Describe().Descriptor;
        Assert.Equal((500_000u, 900_000u, 0u), (descriptor.BandwidthRate, descriptor.BandwidthBurst, descriptor.BandwidthObserved));

        for (var second = 0; second < 10; second++)
        {
            relay.Links.Traffic.OnReceived(40_000);
            relay.Links.Traffic.OnSent(30_000);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(30_000u, relay.Describe().Descriptor.BandwidthObserved);
        Assert.Equal(0, changes);
    }

    [Fact]
    public void Options_that_cannot_work_are_reported_together()
    {
        var context = new NodeContext(_clock, Protocol.Cryptography.SystemRandomSource.Instance, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        using var keys = RelayKeys.Generate(context, leafKind: Protocol.Certificates.LinkLeafKind.EllipticCurve);
        var options = new RelayOptions(Protocol.Identities.Nickname.Parse("wrong"), new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0))
        {
            BandwidthRate = 10,
            LinkBandwidthBurst = 1_000_000,
            MaxMemoryInQueues = 5,
        };
        var fault = Assert.Throws<TorException>(() => new Relay(context, options, keys));
        Assert.Equal(TorErrorKind.Local, fault.Kind);
        Assert.All(["BandwidthRate", "LinkBandwidthBurst", "MaxMemoryInQueues"], name => Assert.Contains(name, fault.Message, StringComparison.Ordinal));
    }
}
