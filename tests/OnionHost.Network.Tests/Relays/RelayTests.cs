using System.Security.Cryptography;
using OnionHost.Network.Circuits;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Relays;

/// <summary>Circuits over real links: TLS, certificates, CREATE2, EXTEND2, an exit, a server behind it.</summary>
public sealed class RelayTests
{
    private static CancellationToken Limit => new CancellationTokenSource(RelayNetwork.Soon).Token;

    [Fact]
    public async Task Three_relays_carry_streams_to_a_server_and_back()
    {
        await using var network = await RelayNetwork.StartAsync(3);
        await using var echo = LoopbackHost.Echo();
        var circuit = await network.BuildAsync(0, 1, 2);

        await EchoAsync(circuit, echo.Port, 10_000_000);

        var bytes = EchoRole.Bytes(20_000);
        await using var source = LoopbackHost.Source(bytes);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", source.Port, 0), Limit);
            var all = new MemoryStream();
            await stream.Input.CopyToAsync(all, Limit);
            Assert.Equal(bytes, all.ToArray());
        }));

        await circuit.TruncateAsync(1, Limit);
        await circuit.ExtendAsync(RelayNetwork.HopOf(network.Relays[2]), Limit);
        await EchoAsync(circuit, echo.Port, 100_000);
    }

    [Fact]
    public async Task A_killed_middle_relay_closes_the_circuit()
    {
        await using var network = await RelayNetwork.StartAsync(3);
        await using var echo = LoopbackHost.Echo();
        var circuit = await network.BuildAsync(0, 1, 2);
        var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", echo.Port, 0), Limit);

        await network.Relays[1].DisposeAsync();

        await circuit.Closed.WaitAsync(RelayNetwork.Soon);
        await Assert.ThrowsAsync<CircuitException>(async () => await stream.Input.ReadAsync(Limit));
        await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(0, 1));
    }

    [Fact]
    public async Task A_fast_circuit_works_and_the_descriptor_says_what_the_relay_is()
    {
        await using var network = await RelayNetwork.StartAsync(1);
        await using var echo = LoopbackHost.Echo();
        var relay = network.Relays[0];
        var link = await network.Links.GetAsync(RelayNetwork.HopOf(relay).ToLinkTarget(), Limit);
        var circuit = await ClientCircuit.CreateFastAsync(network.Context, link, Limit);
        await EchoAsync(circuit, echo.Port, 300_000);

        var descriptor = relay.Describe().Descriptor;
        Assert.Equal(relay.Keys.Fingerprint, descriptor.Fingerprint);
        Assert.Equal(relay.OrEndPoint.Port, descriptor.OrPort);
        Assert.True(descriptor.Policy.Allows(System.Net.IPAddress.Loopback, 80));
        Assert.False(ExitPolicy.RejectAll.Allows(System.Net.IPAddress.Loopback, 80));
    }

    private static async Task EchoAsync(ClientCircuit circuit, ushort port, int count)
    {
        await using TorStream stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", port, 0), Limit);
        var sent = RandomNumberGenerator.GetBytes(count);
        var writing = stream.Output.WriteAsync(sent, Limit).AsTask();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = count; left > 0;)
        {
            var read = await stream.Input.ReadAsync(Limit);
            left -= (int)read.Buffer.Length;
            foreach (var segment in read.Buffer)
            {
                hash.AppendData(segment.Span);
            }

            stream.Input.AdvanceTo(read.Buffer.End);
        }

        await writing;
        Assert.Equal(SHA256.HashData(sent), hash.GetHashAndReset());
    }
}
