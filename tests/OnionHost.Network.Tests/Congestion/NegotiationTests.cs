using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Relays;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Network.Tests.Congestion;

/// <summary>ntor-v3 on circuits: what is asked, what is granted, and what is refused.</summary>
public sealed class NegotiationTests
{
    private static readonly CongestionParameters Usual = CongestionParameters.Default;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Both_ends_control_congestion_when_both_want(int hops)
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync([.. Enumerable.Range(0, hops)], Usual);

        Assert.IsType<VegasCircuitFlow>(circuit.LastHop.Flow);
        Assert.IsType<VegasCircuitFlow>(network[hops - 1].Circuits.Single().Edge.Flow);
        Assert.All(Enumerable.Range(0, hops - 1), hop => Assert.IsType<FixedCircuitFlow>(circuit.Edge(hop).Flow));
        Assert.Equal(circuit.LastHop.CircuitBinding.ToArray(), network[hops - 1].Circuits.Single().Edge.CircuitBinding.ToArray());
    }

    [Fact]
    public async Task A_relay_whose_network_wants_fixed_windows_grants_none()
    {
        await using var network = new MemoryNetwork();
        network[2].Congestion = null;
        await using var circuit = await network.BuildAsync([0, 1, 2], Usual);

        Assert.IsType<FixedCircuitFlow>(circuit.LastHop.Flow);
        Assert.IsType<FixedCircuitFlow>(network[2].Circuits.Single().Edge.Flow);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(32, true)]
    [InlineData(29, false)]
    [InlineData(33, false)]
    [InlineData(200, false)]
    public async Task An_increment_may_be_off_by_one(int granted, bool isFine)
    {
        await using var network = new MemoryNetwork();
        network[2].Congestion = Usual with { SendmeIncrement = (byte)granted };
        var building = network.BuildAsync([0, 1, 2], Usual);
        if (isFine)
        {
            await using var circuit = await building;
            Assert.IsType<VegasCircuitFlow>(circuit.LastHop.Flow);
        }
        else
        {
            Assert.Equal(DestroyReason.Protocol, (await Assert.ThrowsAsync<CircuitException>(() => building)).Reason);
        }
    }

    [Fact]
    public async Task The_onion_key_before_the_present_one_is_still_answered()
    {
        await using var network = new MemoryNetwork();
        using var next = X25519KeyPair.Generate(SystemRandomSource.Instance);
        network[2].OnionKeys = new NtorOnionKeys(next, network[2].OnionKeys.Current);
        await using var circuit = await network.BuildAsync([0, 1, 2], Usual);
        Assert.IsType<VegasCircuitFlow>(circuit.LastHop.Flow);

        network[2].OnionKeys = new NtorOnionKeys(next, null);
        await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync([0, 1, 2], Usual));
    }

    [Fact]
    public async Task An_unknown_extension_is_ignored() =>
        Assert.Equal(CellCommand.Created2, await CreateAsync([new(200, new byte[] { 1, 2, 3 }), CongestionControlExtension.Request]));

    [Fact]
    public async Task A_subprotocol_that_is_not_spoken_fails_the_circuit() =>
        Assert.Equal(CellCommand.Destroy, await CreateAsync([CongestionControlExtension.Request, new(NtorV3ExtensionType.SubprotocolRequest, new byte[] { 2, 6 })]));

    [Fact]
    public async Task An_empty_request_is_answered_with_fixed_windows() => Assert.Equal(CellCommand.Created2, await CreateAsync([]));

    [Fact]
    public void A_grant_must_be_one_byte_and_not_zero()
    {
        Assert.Equal((byte)31, CongestionControlExtension.Granted([CongestionControlExtension.Grant(31)]));
        Assert.Null(CongestionControlExtension.Granted([new(9, new byte[] { 1 })]));
        foreach (var data in new byte[][] { [], [0], [31, 0] })
        {
            Assert.Throws<Protocol.ProtocolException>(
                () => CongestionControlExtension.Granted([new(NtorV3ExtensionType.CongestionControlResponse, data)]));
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("cc_alg=2", true)]
    [InlineData("cc_alg=0", false)]
    public void The_network_can_want_fixed_windows(string parameters, bool wantsCongestionControl) =>
        Assert.Equal(wantsCongestionControl, CongestionParameters.From(NetworkParameters.Parse(parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries))) is not null);

    /// <summary>Sends CREATE2 with these extensions to a relay, and gives the command that comes back.</summary>
    private static async Task<CellCommand> CreateAsync(NtorV3Extension[] extensions)
    {
        await using var network = new MemoryNetwork(1);
        using var handshake = NtorV3ClientHandshake.Begin(network[0].Identity, network[0].Hop.OnionKey, extensions, SystemRandomSource.Instance);
        var link = network.Connect(null, network[0]);
        var asking = new Answer();
        var id = link.Attach(asking);
        var payload = new byte[CellFraming.PayloadSize];
        var writer = new SpanWriter(payload);
        new Create2Cell(HandshakeType.NtorV3, handshake.Onionskin).Write(ref writer);
        link.Send(id, CellCommand.Create2, payload);
        return await asking.Command.WaitAsync(MemoryNetwork.Soon);
    }

    private sealed class Answer : Network.Links.ILinkCircuit
    {
        private readonly TaskCompletionSource<CellCommand> _command = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<CellCommand> Command => _command.Task;

        public void OnCell(CellCommand command, Span<byte> payload) => _command.TrySetResult(command);

        public void OnBatchEnd()
        {
        }

        public void OnLinkClosed()
        {
        }
    }
}
