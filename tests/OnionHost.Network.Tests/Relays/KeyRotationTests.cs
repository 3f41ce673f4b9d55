using OnionHost.Network.Circuits;
using OnionHost.Network.Relays;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Relays;

/// <summary>Two months in virtual time: every key rotates while streams run, and clients know keys that are days old.</summary>
public sealed class KeyRotationTests
{
    private const int Days = 64;
    private const int ClientsLag = 6;

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Nothing_breaks_while_keys_rotate()
    {
        await using var network = await RelayNetwork.StartAsync(2, time: _clock);
        await using var echo = LoopbackHost.Echo();
        using var limit = new CancellationTokenSource(2 * RelayNetwork.Soon);
        var begin = new BeginMessage("127.0.0.1", echo.Port, 0);
        var old = await network.BuildAsync(0, 1);
        await using var oldStream = await old.LastHop.OpenAsync(begin, limit.Token);
        var known = new List<HopTarget[]>();
        var seen = network.Relays.Select(_ => (Onion: new HashSet<string>(), Signing: new HashSet<string>(), Link: new HashSet<object>())).ToArray();

        for (var day = 0; day < Days; day++)
        {
            // Traffic goes on while keys are replaced.
            var traffic = EchoAsync(oldStream, 20_000, limit.Token);
            _clock.Advance(TimeSpan.FromDays(1));
            await Task.WhenAll(network.Relays.Select(relay => Task.Run(relay.Keys.Renew)));
            await traffic;

            known.Add([.. network.Relays.Select(RelayNetwork.HopOf)]);
            Note(network, seen);

            // A client with today's directory, and one whose directory is days old.
            foreach (var hops in new[] { known[^1], known[Math.Max(0, day - ClientsLag)] })
            {
                var circuit = await network.BuildAsync(hops);
                await using var stream = await circuit.LastHop.OpenAsync(begin, limit.Token);
                await EchoAsync(stream, 2_000, limit.Token);
                await circuit.DisposeAsync();
            }
        }

        Assert.All(seen, keys => Assert.Equal((3, 3, Days), (keys.Onion.Count, keys.Signing.Count, keys.Link.Count)));
        Assert.True(old.IsOpen);
        await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(known[0]));
    }

    private static void Note(RelayNetwork network, (HashSet<string> Onion, HashSet<string> Signing, HashSet<object> Link)[] seen)
    {
        foreach (var (relay, keys) in network.Relays.Zip(seen))
        {
            keys.Onion.Add(relay.Keys.NtorKeys.Current.Public.ToString());
            keys.Signing.Add(relay.Keys.SigningKey.Public.ToString());
            keys.Link.Add(relay.Keys.LinkCredentials);
            var descriptor = relay.Describe().Descriptor;
            Assert.Equal(relay.Keys.NtorKeys.Current.Public, descriptor.OnionKey);
        }
    }

    private static async Task EchoAsync(TorStream stream, int count, CancellationToken limit)
    {
        var writing = stream.Output.WriteAsync(new byte[count], limit).AsTask();
        for (var left = count; left > 0;)
        {
            var read = await stream.Input.ReadAsync(limit);
            left -= (int)read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
        }

        await writing;
    }
}
