using System.Net;
using System.Text;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Relays;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Relays;

/// <summary>An exit that knows its network: whom it serves, and that nobody re-enters the network from it.</summary>
public sealed class ExitOriginTests
{
    private static CancellationToken Limit => new CancellationTokenSource(MemoryNetwork.Soon).Token;

    [Fact]
    public async Task A_circuit_of_one_hop_gets_no_stream()
    {
        await using var host = LoopbackHost.Echo();
        await using var network = new MemoryNetwork();
        Assert.Equal(EndReason.TorProtocol, await RefusalAsync(network, [2], host.Port, View(network[1])));
    }

    [Fact]
    public async Task A_relay_that_the_consensus_does_not_list_gets_no_stream()
    {
        await using var host = LoopbackHost.Echo();
        await using var network = new MemoryNetwork();
        Assert.Equal(EndReason.Misc, await RefusalAsync(network, [0, 1, 2], host.Port, View(network[0])));
        Assert.Equal(EndReason.Misc, await RefusalAsync(network, [0, 1, 2], host.Port, null));
        Assert.Null(await RefusalAsync(network, [0, 1, 2], host.Port, View(network[1])));
        Assert.Null(await RefusalAsync(network, [0, 1, 2], host.Port, View(network[0], "refuseunknownexits=0")));
    }

    [Fact]
    public async Task Relays_own_ports_are_refused()
    {
        await using var host = LoopbackHost.Echo();
        await using var network = new MemoryNetwork();
        Assert.Equal(EndReason.ConnectRefused, await RefusalAsync(network, [0, 1, 2], host.Port, View(network[1], orPort: host.Port)));
        Assert.Null(await RefusalAsync(network, [0, 1, 2], host.Port, View(network[1], "allow-network-reentry=1", host.Port)));
    }

    /// <summary>Why a stream was refused; null if it was not.</summary>
    private static async Task<EndReason?> RefusalAsync(MemoryNetwork network, int[] path, ushort port, NetworkView? view)
    {
        network[2].Roles.Streams.Clear();
        network[2].Roles.Streams.Add(new ExitRole(
            network.Context, new ExitOptions(ExitPolicy.AcceptAll) { AllowPrivateAddresses = true, Known = new KnownRelays(() => view) }));
        await using var circuit = await network.BuildAsync(path);
        try
        {
            await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", port, 0), Limit);
            return null;
        }
        catch (StreamException e)
        {
            return e.Reason;
        }
    }

    /// <summary>A consensus that lists the relay, and one more at a port of loopback.</summary>
    private static NetworkView View(MemoryRelay listed, string? parameter = null, ushort orPort = 1)
    {
        var lines = Vectors.Text("fixtures/consensus-microdesc.txt").Split('\n');
        var relays = lines.Select((line, i) => (Line: line, Index: i)).Where(l => l.Line.StartsWith("r ", StringComparison.Ordinal)).ToList();
        var fields = relays[0].Line.Split(' ');
        fields[2] = Convert.ToBase64String(listed.Fingerprint.ToArray()).TrimEnd('=');
        fields[^2] = orPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
        lines[relays[0].Index] = string.Join(' ', fields);
        if (parameter is not null)
        {
            lines[Array.FindIndex(lines, l => l.StartsWith("params ", StringComparison.Ordinal))] = "params " + parameter;
        }

        return new NetworkView(Consensus.Parse(Encoding.Latin1.GetBytes(string.Join('\n', lines))), [], hasEnough: true);
    }
}
