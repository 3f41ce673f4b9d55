using System.Buffers.Binary;
using System.Net;
using System.Security.Authentication;
using OnionHost.Network.Links;
using OnionHost.Network.Tls;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Links;

[Collection(nameof(LinkTests))]
public sealed class LinkTests
{
    public static TheoryData<string, string, bool> Backends()
    {
        var data = new TheoryData<string, string, bool>();
        string[] kinds = LibSsl.IsAvailable ? ["libssl", "libssl12", "stream", "stream12"] : ["stream", "stream12"];
        foreach (var client in kinds)
        {
            foreach (var server in kinds.Where(s => s.EndsWith("12", StringComparison.Ordinal) == client.EndsWith("12", StringComparison.Ordinal)))
            {
                data.Add(client, server, false);
                data.Add(client, server, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_link_opens_and_carries_cells_both_ways(string client, string server, bool isRelay)
    {
        await using var pair = LinkPair.Start(isRelay, Backend(client), Backend(server));
        var link = await pair.ConnectAsync();
        var near = new RecordingCircuit();

        var id = link.Attach(near);
        link.Send(id, CellCommand.CreateFast, new byte[] { 1, 2, 3 });
        var (far, farId, farCircuit, payload) = await pair.Acceptor.NextAsync();
        far.Send(farId, CellCommand.CreatedFast, new byte[] { 4, 5 });
        var (command, answer) = await near.NextAsync();
        link.Send(id, CellCommand.RelayEarly, new byte[] { 6 });

        Assert.Equal(id, farId);
        Assert.NotEqual(0u, id.Value & CircuitId.InitiatorBit);
        Assert.Equal([1, 2, 3, .. new byte[506]], payload);
        Assert.Equal(CellCommand.CreatedFast, command);
        Assert.Equal([4, 5, .. new byte[507]], answer);
        Assert.Equal(CellCommand.RelayEarly, (await farCircuit.NextAsync()).Command);
        AssertPeers(link, far, isRelay && Backend(client).CanExport && Backend(server).CanExport);
    }

    [Fact]
    public async Task Destroy_ends_the_circuit_at_both_ends()
    {
        await using var pair = LinkPair.Start();
        var link = await pair.ConnectAsync();
        var near = new RecordingCircuit();
        var id = link.Attach(near);
        link.Send(id, CellCommand.CreateFast, default);
        var (far, farId, farCircuit, _) = await pair.Acceptor.NextAsync();

        far.Destroy(farId, DestroyReason.Finished);
        var (command, payload) = await near.NextAsync();

        Assert.Equal(CellCommand.Destroy, command);
        Assert.Equal((byte)DestroyReason.Finished, payload[0]);
        Assert.Equal((0, 0), (link.CircuitCount, far.CircuitCount));
        link.Send(id, CellCommand.Relay, default);
        Assert.False(farCircuit.Cells.TryRead(out _));
        Assert.True(link.TryAttach(id, near));
    }

    [Fact]
    public async Task Circuits_that_nobody_takes_are_destroyed()
    {
        await using var pair = LinkPair.Start();
        pair.Server.Acceptor = null;
        var link = await pair.ConnectAsync();
        var near = new RecordingCircuit();

        link.Send(link.Attach(near), CellCommand.Create2, default);
        var (command, payload) = await near.NextAsync();

        Assert.Equal((CellCommand.Destroy, (byte)DestroyReason.Protocol), (command, payload[0]));
    }

    [Fact]
    public async Task A_number_of_the_wrong_half_is_refused_and_zero_or_a_known_one_ignored()
    {
        await using var pair = LinkPair.Start();
        var link = await pair.ConnectAsync();
        var wrong = new RecordingCircuit();
        var good = new RecordingCircuit();
        var zero = new RecordingCircuit();
        Assert.True(link.TryAttach(new CircuitId(7), wrong));
        Assert.True(link.TryAttach(CircuitId.None, zero));

        link.Send(CircuitId.None, CellCommand.Create2, default);
        link.Send(new CircuitId(7), CellCommand.Create2, default);
        Assert.Equal((byte)DestroyReason.Protocol, (await wrong.NextAsync()).Payload[0]);
        var id = link.Attach(good);
        link.Send(id, CellCommand.Create2, default);
        var first = await pair.Acceptor.NextAsync();
        link.Send(id, CellCommand.Create2, default);
        link.Send(id, CellCommand.Relay, default);

        Assert.Equal(id, first.Id);
        Assert.Equal(CellCommand.Relay, (await first.Circuit.NextAsync()).Command);
        Assert.Equal(1, first.Link.CircuitCount);
    }

    [Fact]
    public async Task More_circuits_than_the_bound_are_refused()
    {
        await using var pair = LinkPair.Start(configure: o => o.Credentials is null ? o : o with { MaxCircuits = 2 });
        var link = await pair.ConnectAsync();
        var circuits = Enumerable.Range(0, 3).Select(_ => new RecordingCircuit()).ToArray();
        foreach (var circuit in circuits)
        {
            link.Send(link.Attach(circuit), CellCommand.Create2, default);
        }

        var (command, payload) = await circuits[2].NextAsync();

        Assert.Equal((CellCommand.Destroy, (byte)DestroyReason.ResourceLimit), (command, payload[0]));
        Assert.Equal(2, (await pair.ServerLinkAsync()).CircuitCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sixty_megabytes_keep_their_order_on_every_circuit(bool batched)
    {
        const int Circuits = 3;
        const int CellsEach = 40_000;
        var seen = new int[Circuits];
        var mistakes = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = LinkPair.Start(configure: o => o with { MaxQueuedCellsPerCircuit = 2 * CellsEach, MaxQueuedCells = 2 * Circuits * CellsEach });
        var next = 0;
        var acceptor = new RecordingAcceptor { Create = (_, _) => CountingCircuit(Interlocked.Increment(ref next) - 1) };
        pair.Server.Acceptor = acceptor;
        var link = await pair.ConnectAsync();
        var ids = new List<CircuitId>();
        for (var i = 0; i < Circuits; i++)
        {
            ids.Add(link.Attach(new RecordingCircuit()));
            link.Send(ids[i], CellCommand.CreateFast, default);
            await acceptor.NextAsync();
        }

        await Task.WhenAll(ids.Select(id => Task.Run(() => Pump(link, id, batched))));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(120));

        Assert.Equal(0, mistakes);
        Assert.All(seen, count => Assert.Equal(CellsEach, count));
        Assert.Equal(0, link.QueuedCellsTotal);

        RecordingCircuit CountingCircuit(int index) => new()
        {
            Handler = (_, payload) =>
            {
                mistakes += BinaryPrimitives.ReadInt32BigEndian(payload) == seen[index] ? 0 : 1;
                if (++seen[index] == CellsEach && seen.All(count => count == CellsEach))
                {
                    done.TrySetResult();
                }
            },
        };

        static void Pump(Link link, CircuitId id, bool batched)
        {
            for (var i = 0; i < CellsEach; i += 100)
            {
                if (batched)
                {
                    using var batch = LinkBatch.Begin();
                    SendHundred(link, id, i);
                }
                else
                {
                    SendHundred(link, id, i);
                }
            }
        }

        static void SendHundred(Link link, CircuitId id, int first)
        {
            var payload = new byte[509];
            for (var i = first; i < first + 100; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(payload, i);
                link.Send(id, CellCommand.Relay, payload);
            }
        }
    }

    [Fact]
    public async Task Cells_cost_no_allocations()
    {
        const int Cells = 20_000;
        var count = 0;
        var halfway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = LinkPair.Start();
        pair.Server.Acceptor = new CountingAcceptor(() =>
        {
            count++;
            _ = count == Cells ? halfway.TrySetResult() : count == 2 * Cells && done.TrySetResult();
        });
        var link = await pair.ConnectAsync();
        var id = link.Attach(new RecordingCircuit());
        link.Send(id, CellCommand.CreateFast, default);
        var payload = new byte[509];

        Pump();
        await halfway.Task.WaitAsync(Timeouts.Step);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Pump();
        await done.Task.WaitAsync(Timeouts.Step);

        // Sockets and tasks allocate a little each time they wait, cells nothing.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / Cells, 0, 24);

        void Pump()
        {
            // Windows keep real queues short; a long one would outgrow the pool of its chunks.
            Func<bool> hasRoom = () => link.QueuedCells(id) < 500;
            for (var i = 0; i < Cells; i++)
            {
                Assert.True(SpinWait.SpinUntil(hasRoom, Timeouts.Step));
                link.Send(id, CellCommand.Relay, payload);
            }
        }
    }

    [Fact]
    public async Task A_circuit_that_queues_too_much_is_destroyed_alone()
    {
        await using var pair = LinkPair.Start(configure: o => o with { MaxQueuedCellsPerCircuit = 50 });
        var link = await pair.ConnectAsync();
        var (greedy, modest) = (new RecordingCircuit(), new RecordingCircuit());
        var (greedyId, modestId) = (link.Attach(greedy), link.Attach(modest));

        using (LinkBatch.Begin())
        {
            for (var i = 0; i < 51; i++)
            {
                link.Send(greedyId, CellCommand.Relay, default);
            }

            link.Send(modestId, CellCommand.CreateFast, default);
        }

        await greedy.LinkClosed.WaitAsync(Timeouts.Step);
        Assert.Equal(modestId, (await pair.Acceptor.NextAsync()).Id);
        Assert.Equal(1, link.CircuitCount);
        Assert.True(link.IsOpen);
    }

    [Fact]
    public async Task A_fault_of_one_circuit_ends_that_circuit_alone()
    {
        await using var pair = LinkPair.Start();
        var link = await pair.ConnectAsync();
        var broken = new RecordingCircuit { Handler = (_, _) => throw new Protocol.ProtocolException("Test.") };
        var brokenId = link.Attach(broken);
        link.Send(brokenId, CellCommand.CreateFast, default);
        var (far, id, farCircuit, _) = await pair.Acceptor.NextAsync();

        far.Send(id, CellCommand.Relay, default);
        await broken.LinkClosed.WaitAsync(Timeouts.Step);
        var (command, payload) = await farCircuit.NextAsync();

        Assert.Equal((CellCommand.Destroy, (byte)DestroyReason.Protocol), (command, payload[0]));
        Assert.True(link.IsOpen);
    }

    [Fact]
    public async Task When_a_link_closes_circuits_at_both_ends_are_told()
    {
        await using var pair = LinkPair.Start();
        var link = await pair.ConnectAsync();
        var near = new RecordingCircuit();
        link.Send(link.Attach(near), CellCommand.CreateFast, default);
        var (far, _, farCircuit, _) = await pair.Acceptor.NextAsync();

        await link.DisposeAsync();

        await near.LinkClosed.WaitAsync(Timeouts.Step);
        await farCircuit.LinkClosed.WaitAsync(Timeouts.Step);
        await far.Closed.WaitAsync(Timeouts.Step);
        Assert.False(link.IsOpen);
        Assert.Equal(0, link.CircuitCount);
        Assert.Throws<LinkException>(() => link.Attach(near));
        Assert.False(link.TryAttach(new CircuitId(5), near));
        link.Send(new CircuitId(5), CellCommand.Relay, default);
    }

    private static ITlsBackend Backend(string name) => name switch
    {
        "libssl" => new LibSslTlsBackend(),
        "libssl12" => new LibSslTlsBackend(LibSsl.Tls12),
        "stream12" => new SslStreamTlsBackend(SslProtocols.Tls12),
        _ => new SslStreamTlsBackend(),
    };

    private static void AssertPeers(Link link, Link far, bool isAuthenticated)
    {
        Assert.Equal(5, link.Peer.Protocol);
        Assert.Equal((LinkPair.Relay.Fingerprint, LinkPair.Relay.Identity, true), (link.Peer.Fingerprint, link.Peer.Identity, link.Peer.IsAuthenticated));
        Assert.True(link.Peer.IsCanonical);
        Assert.Equal(IPAddress.Loopback, link.Peer.OurAddress);
        Assert.True(link.Peer.ClockSkew?.Duration() < TimeSpan.FromMinutes(1));
        Assert.True(link.IsInitiator);
        Assert.Equal(isAuthenticated, far.Peer.IsAuthenticated);
        Assert.Equal(isAuthenticated ? LinkPair.OtherRelay.Fingerprint : null, far.Peer.Fingerprint);
        Assert.Equal(isAuthenticated ? LinkPair.OtherRelay.Identity : null, far.Peer.Identity);
        Assert.False(far.IsInitiator);
    }

    private sealed class CountingAcceptor(Action onCell) : ILinkAcceptor, ILinkCircuit
    {
        void ILinkAcceptor.OnCreate(Link link, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload) => link.TryAttach(id, this);

        void ILinkCircuit.OnCell(CellCommand command, Span<byte> payload) => onCell();

        void ILinkCircuit.OnBatchEnd()
        {
        }

        void ILinkCircuit.OnLinkClosed()
        {
        }
    }
}

/// <summary>These tests fill both cores and count allocations of the process, so they run alone.</summary>
[CollectionDefinition(nameof(LinkTests), DisableParallelization = true)]
public sealed class LinkTestsCollection;
