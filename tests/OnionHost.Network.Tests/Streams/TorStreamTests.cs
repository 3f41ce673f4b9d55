using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using OnionHost.Network.Circuits;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Streams;

public sealed class TorStreamTests
{
    private static CancellationToken Limit => new CancellationTokenSource(MemoryNetwork.Soon).Token;

    private static BeginMessage To(string host) => new(host, 80, 0);

    [Fact]
    public async Task Ten_megabytes_come_whole_both_ways()
    {
        await using var network = new MemoryNetwork();
        network[2].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        var stream = await circuit.LastHop.OpenAsync(To("echo"), Limit);
        var sent = RandomNumberGenerator.GetBytes(10_000_000);
        var writing = stream.Output.WriteAsync(sent, Limit).AsTask();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = sent.Length; left > 0;)
        {
            var read = await stream.Input.ReadAsync(Limit);
            foreach (var segment in read.Buffer)
            {
                hash.AppendData(segment.Span);
            }

            left -= (int)read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
        }

        await writing;
        Assert.Equal(SHA256.HashData(sent), hash.GetHashAndReset());
    }

    [Fact]
    public async Task Two_hundred_streams_share_a_circuit()
    {
        await using var network = new MemoryNetwork();
        network[2].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using var stream = await circuit.LastHop.OpenAsync(To($"source-{20_000 + (i * 50)}"), Limit);
            Assert.Equal(EchoRole.Bytes(20_000 + (i * 50)), await ReadAllAsync(stream));
            Assert.Equal(EndReason.Done, stream.EndReason);
        }));
        Assert.Equal(0, circuit.LastHop.OpenStreams);
        Assert.Equal(0, network[2].Circuits.Single().Edge.OpenStreams);
    }

    [Fact]
    public async Task A_reader_that_stops_stalls_only_itself()
    {
        await using var network = new MemoryNetwork();
        network[2].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        var slow = await circuit.LastHop.OpenAsync(To("source-2000000"), Limit);
        var quick = await circuit.LastHop.OpenAsync(To("source-2000000"), Limit);
        Assert.Equal(EchoRole.Bytes(2_000_000), await ReadAllAsync(quick));
        Assert.True(slow.Input.TryRead(out var waiting));
        Assert.True(waiting.Buffer.Length <= FixedStreamFlow.Window * RelayMessage.BodyMax);
        slow.Input.AdvanceTo(waiting.Buffer.Start);
        Assert.Equal(EchoRole.Bytes(2_000_000), await ReadAllAsync(slow));
    }

    [Fact]
    public async Task A_reader_that_wants_a_long_message_whole_gets_it()
    {
        await using var network = new MemoryNetwork();
        network[2].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        var stream = await circuit.LastHop.OpenAsync(To("source-3000000"), Limit);
        var read = await stream.Input.ReadAtLeastAsync(3_000_000, Limit);
        Assert.Equal(EchoRole.Bytes(3_000_000), read.Buffer.ToArray());
    }

    [Fact]
    public async Task Data_before_CONNECTED_waits_in_the_stream()
    {
        await using var network = new MemoryNetwork(1);
        var role = new EchoRole();
        network[0].Roles.Streams.Add(role);
        await using var circuit = await network.BuildAsync(1);
        var stream = circuit.LastHop.Begin(To("hold"));
        await stream.Output.WriteAsync(new byte[] { 1, 2, 3 }, Limit);
        var ping = network[0].Circuits.Single().Edge.ReceiveAsync(RelayCommand.EstablishIntro, Limit);
        circuit.LastHop.Send(RelayCommand.EstablishIntro, StreamId.None, [1]);
        await ping;
        Assert.False(stream.Connected.IsCompleted);

        var open = role.Held.Single().Accept(new ConnectedMessage(System.Net.IPAddress.Parse("192.0.2.7"), 60));
        var read = await open.Input.ReadAtLeastAsync(3, Limit);
        Assert.Equal([1, 2, 3], read.Buffer.ToArray());
        Assert.Equal("192.0.2.7", (await stream.Connected.WaitAsync(Limit)).Address!.ToString());
    }

    [Fact]
    public async Task A_refusal_says_why()
    {
        await using var network = new MemoryNetwork(1);
        network[0].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync(1);
        var refused = await Assert.ThrowsAsync<StreamException>(() => circuit.LastHop.OpenAsync(To("refuse"), Limit));
        Assert.Equal(EndReason.ConnectRefused, refused.Reason);
        var noDirectory = await Assert.ThrowsAsync<StreamException>(() => circuit.LastHop.OpenDirectoryAsync(Limit));
        Assert.Equal(EndReason.NotDirectory, noDirectory.Reason);
        Assert.Equal(0, circuit.LastHop.OpenStreams);
    }

    [Fact]
    public async Task Giving_up_on_a_stream_tells_the_other_end()
    {
        await using var network = new MemoryNetwork(1);
        var role = new EchoRole();
        network[0].Roles.Streams.Add(role);
        await using var circuit = await network.BuildAsync(1);
        using var cancel = new CancellationTokenSource();
        var opening = circuit.LastHop.OpenAsync(To("hold"), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await UntilAsync(() => role.Held.Count == 1 && role.Held[0].Closed.IsCancellationRequested);
        var late = role.Held[0].Accept(default);
        Assert.Equal(EndReason.Misc, late.EndReason);
        Assert.True((await late.Input.ReadAsync(Limit)).IsCompleted);
        Assert.True((await late.Output.FlushAsync(Limit)).IsCompleted);
    }

    [Fact]
    public async Task An_abort_reaches_the_other_end_without_the_clients_reason()
    {
        await using var network = new MemoryNetwork(1);
        var role = new EchoRole();
        network[0].Roles.Streams.Add(role);
        await using var circuit = await network.BuildAsync(1);
        var near = await circuit.LastHop.OpenAsync(To("idle"), Limit);
        near.Abort(EndReason.TorProtocol);
        await UntilAsync(() => role.Accepted.Single().EndReason is not null);
        Assert.Equal(EndReason.Misc, role.Accepted.Single().EndReason);
        Assert.True((await role.Accepted.Single().Input.ReadAsync(Limit)).IsCompleted);

        var next = await circuit.LastHop.OpenAsync(To("idle"), Limit);
        role.Accepted[1].Abort(EndReason.ConnReset);
        var failure = await Assert.ThrowsAsync<StreamException>(async () => await next.Input.ReadAsync(Limit));
        Assert.Equal(EndReason.ConnReset, failure.Reason);
        Assert.True(next.Closed.WaitHandle.WaitOne(MemoryNetwork.Soon));
    }

    [Fact]
    public async Task Data_for_streams_that_are_gone_still_counts()
    {
        await using var network = new MemoryNetwork(1);
        var role = new EchoRole();
        network[0].Roles.Streams.Add(role);
        await using var circuit = await network.BuildAsync(1);
        for (var i = 0; i < 12; i++)
        {
            var stream = await circuit.LastHop.OpenAsync(To("source-100000"), Limit);
            await stream.Input.ReadAsync(Limit);
            stream.Abort(EndReason.Misc);
        }

        var last = await circuit.LastHop.OpenAsync(To("source-1000000"), Limit);
        Assert.Equal(EchoRole.Bytes(1_000_000), await ReadAllAsync(last));
        Assert.True(circuit.IsOpen);
    }

    [Fact]
    public async Task CONNECTED_twice_closes_the_circuit()
    {
        await using var network = new MemoryNetwork(1);
        var role = new EchoRole();
        network[0].Roles.Streams.Add(role);
        await using var circuit = await network.BuildAsync(1);
        var stream = await circuit.LastHop.OpenAsync(To("idle"), Limit);
        network[0].Circuits.Single().Edge.Send(RelayCommand.Connected, stream.Id, []);
        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
        Assert.Equal(DestroyReason.Protocol, circuit.CloseReason);
    }

    [Theory]
    [InlineData(FixedStreamFlow.Window + 1)]
    public async Task A_peer_that_ignores_the_window_loses_the_circuit(int cells)
    {
        await using var network = new MemoryNetwork(1);
        network[0].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync(1);
        var stream = await circuit.LastHop.OpenAsync(To("idle"), Limit);
        var relay = network[0].Circuits.Single();
        for (var i = 0; i < cells; i++)
        {
            relay.Edge.Send(RelayCommand.Data, stream.Id, new byte[498]);
        }

        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
        Assert.Equal(DestroyReason.Protocol, circuit.CloseReason);
    }

    [Theory]
    [InlineData(RelayCommand.Begin)]
    [InlineData(RelayCommand.Data)]
    [InlineData(RelayCommand.End)]
    [InlineData(RelayCommand.Connected)]
    [InlineData(RelayCommand.Resolved)]
    [InlineData((RelayCommand)99)]
    public async Task Stream_commands_without_a_stream_are_dropped(RelayCommand command)
    {
        await using var network = new MemoryNetwork(1);
        await using var circuit = await network.BuildAsync(1);
        var edge = network[0].Circuits.Single().Edge;
        var ping = edge.ReceiveAsync(RelayCommand.EstablishIntro, Limit);
        circuit.LastHop.Send(command, StreamId.None, [1, 2, 3]);
        circuit.LastHop.Send(RelayCommand.EstablishIntro, StreamId.None, [1]);
        await ping;
        Assert.True(circuit.IsOpen);
    }

    [Fact]
    public async Task An_END_without_a_reason_closes_the_circuit()
    {
        await using var network = new MemoryNetwork(1);
        network[0].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync(1);
        var stream = await circuit.LastHop.OpenAsync(To("idle"), Limit);
        circuit.LastHop.Send(RelayCommand.End, stream.Id, []);
        await circuit.Closed.WaitAsync(MemoryNetwork.Soon);
    }

    [Fact]
    public async Task Streams_are_bounded_at_both_ends()
    {
        await using var network = new MemoryNetwork(1);
        var role = new EchoRole();
        network[0].Roles.Streams.Add(role);
        await using var circuit = await network.BuildAsync(1);
        for (var i = 0; i < EdgeStreams.Limit; i++)
        {
            circuit.LastHop.Begin(To("hold"));
        }

        Assert.Throws<StreamException>(() => circuit.LastHop.Begin(To("hold")));
        await UntilAsync(() => network[0].Circuits.Single().Edge.OpenStreams == EdgeStreams.Limit);
        var body = "hold:80\0"u8.ToArray();
        var free = Enumerable.Range(1, 65535).Select(i => new StreamId((ushort)i)).First(id => role.Held.All(h => h.Id != id));
        circuit.LastHop.Send(RelayCommand.Begin, free, body);
        role.Held[0].Refuse(EndReason.Misc);
        await UntilAsync(() => circuit.LastHop.OpenStreams == EdgeStreams.Limit - 1);
        Assert.True(circuit.IsOpen);
    }

    [Fact]
    public async Task Resolving_gives_what_the_relay_answers()
    {
        await using var network = new MemoryNetwork(1);
        await using var circuit = await network.BuildAsync(1);
        var answer = await circuit.LastHop.ResolveAsync("example.com", Limit);
        Assert.Equal(ResolvedType.Error, Assert.Single(answer.Answers).Type);
        Assert.Equal(0, circuit.LastHop.OpenStreams);
    }

    [Fact]
    public async Task Window_stays_shared_fairly()
    {
        await using var network = new MemoryNetwork(1);
        network[0].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync(1);
        var streams = new List<TorStream>();
        for (var i = 0; i < 10; i++)
        {
            streams.Add(await circuit.LastHop.OpenAsync(To("source-1000000"), Limit));
        }

        var done = await Task.WhenAll(streams.Select(ReadAllAsync));
        Assert.All(done, bytes => Assert.Equal(EchoRole.Bytes(1_000_000), bytes));
    }

    private static async Task<byte[]> ReadAllAsync(TorStream stream)
    {
        var all = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await stream.Input.ReadAsync(Limit);
            foreach (var segment in read.Buffer)
            {
                all.Write(segment.Span);
            }

            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return all.WrittenSpan.ToArray();
            }
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(MemoryNetwork.Soon);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
