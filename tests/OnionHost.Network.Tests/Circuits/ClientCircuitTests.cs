using System.Security.Cryptography;
using OnionHost.Network.Circuits;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Circuits;

public sealed class ClientCircuitTests
{
    private static CancellationToken Limit => new CancellationTokenSource(MemoryNetwork.Soon).Token;

    [Fact]
    public async Task Three_hops_carry_control_messages_both_ways()
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync();
        var relay = network[2].Circuits.Single();
        var asked = relay.Edge.ReceiveAsync(RelayCommand.EstablishIntro, Limit);
        var answered = circuit.LastHop.ReceiveAsync(RelayCommand.IntroEstablished, Limit);

        circuit.LastHop.Send(RelayCommand.EstablishIntro, StreamId.None, [1, 2, 3]);
        Assert.Equal([1, 2, 3], await asked);
        relay.Edge.Send(RelayCommand.IntroEstablished, StreamId.None, [4, 5]);
        Assert.Equal([4, 5], await answered);

        Assert.Equal(3, circuit.Length);
        Assert.Equal(network[1].Hop, circuit.Path[1]);
        Assert.Equal(20, relay.Edge.CircuitBinding.Length);
        Assert.Equal(circuit.LastHop.CircuitBinding.ToArray(), relay.Edge.CircuitBinding.ToArray());
        Assert.True(network[0].Circuits.Single().IsFromClient);
        Assert.False(network[1].Circuits.Single().IsFromClient);
    }

    [Fact]
    public async Task A_fast_circuit_has_one_hop_and_no_target()
    {
        await using var network = new MemoryNetwork(1);
        await using var circuit = await ClientCircuit.CreateFastAsync(network.Context, network.Connect(null, network[0]), Limit);
        Assert.Null(Assert.Single(circuit.Path));
        Assert.Equal(20, circuit.LastHop.CircuitBinding.Length);
    }

    [Fact]
    public async Task Any_hop_can_be_a_streams_end()
    {
        await using var network = new MemoryNetwork();
        var role = new EchoRole();
        network[0].Roles.Streams.Add(role);
        network[1].Roles.Streams.Add(role);
        network[2].Roles.Streams.Add(role);
        await using var circuit = await network.BuildAsync();
        for (var hop = 0; hop < 3; hop++)
        {
            await using var stream = await circuit.Edge(hop).OpenAsync(new BeginMessage("echo", 7, 0), Limit);
            await stream.Output.WriteAsync(new byte[] { (byte)hop, 1, 2 });
            var read = await stream.Input.ReadAtLeastAsync(3, Limit);
            Assert.Equal((byte)hop, read.Buffer.FirstSpan[0]);
            stream.Input.AdvanceTo(read.Buffer.End);
        }
    }

    [Fact]
    public async Task A_truncated_circuit_can_be_extended_again()
    {
        await using var network = new MemoryNetwork(4);
        network[3].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        var cutOff = network[2].Circuits.Single();
        var lost = circuit.LastHop.ReceiveAsync(RelayCommand.IntroEstablished, Limit);

        await circuit.TruncateAsync(2, Limit);
        Assert.Equal(2, circuit.Length);
        await cutOff.Closed.WaitAsync(MemoryNetwork.Soon);
        await Assert.ThrowsAsync<CircuitException>(() => lost);

        await circuit.ExtendAsync(network[3].Hop, Limit);
        await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("source-5000", 7, 0), Limit);
        var read = await stream.Input.ReadAtLeastAsync(5000, Limit);
        Assert.Equal(EchoRole.Bytes(5000), System.Buffers.BuffersExtensions.ToArray(read.Buffer));
    }

    [Fact]
    public async Task A_middle_that_dies_closes_the_circuit_and_everything_on_it()
    {
        await using var network = new MemoryNetwork();
        network[2].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        var stream = await circuit.LastHop.OpenAsync(new BeginMessage("echo", 7, 0), Limit);
        var waiting = circuit.LastHop.ReceiveAsync(RelayCommand.Rendezvous2, Limit);

        network[0].Links[network[1].Fingerprint].Break();

        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
        Assert.Equal(DestroyReason.ChannelClosed, circuit.CloseReason);
        await Assert.ThrowsAsync<CircuitException>(() => waiting);
        await Assert.ThrowsAsync<CircuitException>(async () => await stream.Input.ReadAsync(Limit));
        Assert.Equal(EndReason.Destroy, stream.EndReason);
        await network[2].Circuits.Single().Closed.WaitAsync(MemoryNetwork.Soon);
        await Assert.ThrowsAsync<CircuitException>(() => circuit.LastHop.OpenAsync(new BeginMessage("echo", 7, 0), Limit));
    }

    [Fact]
    public async Task Extending_to_a_relay_that_is_not_there_fails_with_the_hop()
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync(2);
        var missing = network[2].Hop;
        network.Relays.Remove(network[2].Fingerprint, out var relay);
        var failure = await Assert.ThrowsAsync<CircuitException>(() => circuit.ExtendAsync(missing, Limit));
        Assert.Equal(2, failure.FailedHop);
        Assert.False(circuit.IsOpen);
        await relay!.DisposeAsync();
    }

    [Fact]
    public async Task A_hop_that_the_last_one_cannot_reach_leaves_the_circuit_as_it_was()
    {
        await using var network = new MemoryNetwork(4);
        await using var circuit = await network.BuildAsync(2);
        var relay = network[1].Circuits.Single();
        relay.Edge.Handle(RelayCommand.Extend2, (_, _) => relay.Edge.Send(RelayCommand.Truncated, StreamId.None, [(byte)DestroyReason.ConnectFailed]));
        network.Silent[network[2].Fingerprint] = true;
        Assert.False(await circuit.TryExtendAsync(network[2].Hop, MemoryNetwork.Soon, Limit));
        Assert.True(circuit.IsOpen);
        Assert.Equal(2, circuit.Length);

        // Unasked, it is the end of the circuit.
        relay.Edge.Send(RelayCommand.Truncated, StreamId.None, [(byte)DestroyReason.ConnectFailed]);
        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
    }

    [Fact]
    public async Task Padding_reaches_a_hop_and_disturbs_nothing()
    {
        await using var network = new MemoryNetwork();
        network[2].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        for (var i = 0; i < 1500; i++)
        {
            circuit.Pad(i % 3); // More than a window: padding is not counted in it.
        }

        await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("source-5000", 7, 0), Limit);
        var read = await stream.Input.ReadAtLeastAsync(5000, Limit);
        Assert.Equal(EchoRole.Bytes(5000), System.Buffers.BuffersExtensions.ToArray(read.Buffer));
    }

    [Theory]
    [InlineData("self")]
    [InlineData("back")]
    [InlineData("private")]
    [InlineData("port")]
    [InlineData("nobody")]
    public async Task A_relay_refuses_to_extend(string where)
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync(2);
        var good = network[2].Hop;
        var address = where == "private" ? "192.168.1.1:9001" : where == "port" ? "203.0.113.3:0" : "203.0.113.3:9001";
        var fingerprint = where switch
        {
            "self" => network[1].Fingerprint,
            "back" => network[0].Fingerprint,
            "nobody" => default,
            _ => good.Fingerprint,
        };
        var target = good with
        {
            Specifiers = [LinkSpecifier.FromEndPoint(System.Net.IPEndPoint.Parse(address)), LinkSpecifier.FromFingerprint(fingerprint)],
        };
        var failure = await Assert.ThrowsAsync<CircuitException>(() => circuit.ExtendAsync(target, Limit));
        Assert.Equal(2, failure.FailedHop);
        await network[1].Circuits.Single().Closed.WaitAsync(MemoryNetwork.Soon);
    }

    [Fact]
    public async Task A_wrong_onion_key_fails_the_hop()
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync(2);
        var target = network[2].Hop with { OnionKey = network[1].Hop.OnionKey };
        var failure = await Assert.ThrowsAsync<CircuitException>(() => circuit.ExtendAsync(target, Limit));
        Assert.Equal(DestroyReason.Protocol, failure.Reason);
        Assert.Equal(2, failure.FailedHop);
    }

    [Fact]
    public async Task A_cancelled_build_leaves_nothing_behind()
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync(1);
        network[0].Links[network[1].Fingerprint] = network.Connect(network[0].Fingerprint, network[1]);
        network[0].Links[network[1].Fingerprint].Tamper = (_, _) => false;
        using var cancel = new CancellationTokenSource();
        var extending = circuit.ExtendAsync(network[1].Hop, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => extending);
        Assert.False(circuit.IsOpen);
        await network[0].Circuits.Single().Closed.WaitAsync(MemoryNetwork.Soon);
    }

    [Fact]
    public async Task Inward_early_cells_kill_the_circuit()
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync();
        ((Network.Links.ILinkCircuit)circuit).OnCell(CellCommand.RelayEarly, new byte[CellFraming.PayloadSize]);
        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
        Assert.Equal(DestroyReason.Protocol, circuit.CloseReason);
    }

    [Fact]
    public async Task A_ninth_early_cell_kills_the_circuit()
    {
        await using var network = new MemoryNetwork(1);
        await using var circuit = await network.BuildAsync(1);
        for (var i = 0; i < 8; i++)
        {
            circuit.LastHop.Send(RelayCommand.Drop, StreamId.None, [], early: true);
        }

        var relay = network[0].Circuits.Single();
        var ping = relay.Edge.ReceiveAsync(RelayCommand.EstablishIntro, Limit);
        circuit.LastHop.Send(RelayCommand.EstablishIntro, StreamId.None, [1]);
        await ping;
        Assert.True(relay.IsOpen);
        circuit.LastHop.Send(RelayCommand.Drop, StreamId.None, [], early: true);
        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
        Assert.Equal(DestroyReason.Protocol, relay.CloseReason);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("replay")]
    [InlineData("drop")]
    public async Task A_changed_cell_closes_exactly_its_circuit(string how)
    {
        await using var network = new MemoryNetwork();
        await using var other = await network.BuildAsync();
        await using var circuit = await network.BuildAsync();
        var armed = 1;
        byte[]? kept = null;
        network.ClientLink.Tamper = (command, payload) =>
        {
            if (command != CellCommand.Relay || Volatile.Read(ref armed) == 0)
            {
                return true;
            }

            switch (how)
            {
                case "flip":
                    payload[RandomNumberGenerator.GetInt32(CellFraming.PayloadSize)] ^= 0x10;
                    armed = 0;
                    return true;
                case "drop":
                    armed = 0;
                    return false;
                default:
                    if (kept is not null)
                    {
                        kept.CopyTo(payload, 0);
                    }

                    kept ??= [.. payload];
                    return true;
            }
        };
        var relay = network[2].Circuits[^1];
        relay.Edge.Send(RelayCommand.Drop, StreamId.None, []);
        relay.Edge.Send(RelayCommand.Drop, StreamId.None, []);
        relay.Edge.Send(RelayCommand.Drop, StreamId.None, []);
        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
        Assert.Equal(DestroyReason.Protocol, circuit.CloseReason);
        Assert.True(other.IsOpen);
    }

    [Fact]
    public async Task Closing_reaches_every_relay()
    {
        await using var network = new MemoryNetwork();
        var circuit = await network.BuildAsync();
        circuit.Close();
        foreach (var relay in network.Relays.Values)
        {
            await relay.Circuits.Single().Closed.WaitAsync(MemoryNetwork.Soon);
        }
    }

    [Fact]
    public async Task A_virtual_hop_carries_streams_from_client_to_service()
    {
        await using var network = new MemoryNetwork(4);
        await using var client = await network.BuildAsync();
        await using var service = await network.BuildAsync([3, 1, 2]);
        network[2].Circuits[0].SpliceTo(network[2].Circuits[1]);

        var keys = RandomNumberGenerator.GetBytes(128);
        var near = client.AddOnionHop(OnionHost.Protocol.RelayCrypto.RelayLayer.OnionHop(keys), OnionHopSide.Client);
        var far = service.AddOnionHop(OnionHost.Protocol.RelayCrypto.RelayLayer.OnionHop(keys), OnionHopSide.Service);
        far.Inbound = new AcceptAll();
        await using var stream = await near.OpenAsync(new BeginMessage("", 80, 0), Limit);
        var sent = EchoRole.Bytes(700_000);
        _ = stream.Output.WriteAsync(sent).AsTask();
        var read = await stream.Input.ReadAtLeastAsync(sent.Length, Limit);
        Assert.Equal(sent, System.Buffers.BuffersExtensions.ToArray(read.Buffer));

        service.Close();
        await client.Closed.WaitAsync(MemoryNetwork.Soon);
    }

    private sealed class AcceptAll : Network.Streams.IInboundStreams
    {
        public void OnBegin(Network.Streams.InboundStream stream)
        {
            var open = stream.Accept(default);
            _ = open.Input.CopyToAsync(open.Output);
        }
    }
}
