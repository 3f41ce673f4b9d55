using System.Security.Cryptography;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Relays;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Congestion;

/// <summary>Streams on circuits with congestion control, through real relays over links in memory.</summary>
public sealed class CongestedStreamTests : IAsyncLifetime
{
    private readonly MemoryNetwork _network = new();
    private readonly EchoRole _exit = new();
    private ClientCircuit _circuit = null!;

    private static CancellationToken Limit => new CancellationTokenSource(MemoryNetwork.Soon).Token;

    private RelayCircuit Far => _network[2].Circuits.Single();

    public async Task InitializeAsync()
    {
        _network[2].Roles.Streams.Add(_exit);
        _circuit = await _network.BuildAsync([0, 1, 2], CongestionParameters.Default);
    }

    public async Task DisposeAsync()
    {
        await _circuit.DisposeAsync();
        await _network.DisposeAsync();
    }

    [Fact]
    public async Task Ten_megabytes_come_whole_both_ways()
    {
        var stream = await OpenAsync("echo");
        var sent = RandomNumberGenerator.GetBytes(10_000_000);
        var writing = stream.Output.WriteAsync(sent, Limit).AsTask();
        Assert.Equal(SHA256.HashData(sent), await HashAsync(stream, sent.Length));
        await writing;

        var window = ((VegasCircuitFlow)_circuit.LastHop.Flow).Window;
        Assert.InRange(window.RoundTrips.Average, 1, long.MaxValue);
        Assert.True(window.Cells >= CongestionParameters.Default.SmallestWindow);
    }

    [Fact]
    public async Task Two_hundred_streams_share_a_circuit()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using var stream = await OpenAsync($"source-{20_000 + (i * 50)}");
            Assert.Equal(SHA256.HashData(EchoRole.Bytes(20_000 + (i * 50))), await HashAsync(stream, 20_000 + (i * 50)));
        }));
        Assert.True(_circuit.IsOpen);
    }

    [Fact]
    public async Task A_reader_that_stops_stalls_only_itself_and_goes_on_later()
    {
        const int Size = 4_000_000;
        var slow = await OpenAsync($"source-{Size}");
        var quick = await OpenAsync($"source-{Size}");
        var hash = SHA256.HashData(EchoRole.Bytes(Size));
        Assert.Equal(hash, await HashAsync(quick, Size));

        Assert.True(slow.Input.TryRead(out var waiting));
        Assert.True(waiting.Buffer.Length < Size, "XOFF did not stop the sender.");
        slow.Input.AdvanceTo(waiting.Buffer.Start, waiting.Buffer.Start);
        Assert.Equal(hash, await HashAsync(slow, Size));
        Assert.True(_circuit.IsOpen);
    }

    [Fact]
    public async Task A_SENDME_for_a_stream_closes_the_circuit()
    {
        var stream = await OpenAsync("echo");
        Far.Edge.Send(RelayCommand.Sendme, stream.Id, []);
        await _circuit.Closed.WaitAsync(Limit);
        Assert.Equal(DestroyReason.Protocol, _circuit.CloseReason);
    }

    [Theory]
    [InlineData(RelayCommand.Xoff, new byte[] { 0 })]
    [InlineData(RelayCommand.Xoff, new byte[] { 1 })]
    [InlineData(RelayCommand.Xoff, new byte[] { })]
    [InlineData(RelayCommand.Xon, new byte[] { 0, 0, 0, 0, 9 })]
    [InlineData(RelayCommand.Xon, new byte[] { 0, 0, 0, 0 })]
    public async Task A_signal_that_nothing_accounts_for_closes_a_clients_circuit(RelayCommand command, byte[] body)
    {
        var stream = await OpenAsync("echo");
        Far.Edge.Send(command, stream.Id, body);
        await _circuit.Closed.WaitAsync(Limit);
        Assert.Equal(DestroyReason.Protocol, _circuit.CloseReason);
    }

    [Fact]
    public async Task A_second_XOFF_closes_a_relays_circuit()
    {
        var stream = await OpenAsync("hold");
        _circuit.LastHop.Send(RelayCommand.Xoff, stream.Id, [0]);
        _circuit.LastHop.Send(RelayCommand.Xoff, stream.Id, [0]);
        await Far.Closed.WaitAsync(Limit);
    }

    [Fact]
    public async Task An_exit_that_is_told_XOFF_sends_nothing_until_XON()
    {
        var stream = await OpenAsync("echo");
        _circuit.LastHop.Send(RelayCommand.Xoff, stream.Id, [0]);
        await stream.Output.WriteAsync(new byte[1000], Limit);

        // The answer to RESOLVE comes after whatever the exit had to send before.
        await Task.WhenAny(_circuit.LastHop.ResolveAsync("nobody", Limit));
        Assert.False(stream.Input.TryRead(out _));

        _circuit.LastHop.Send(RelayCommand.Xon, stream.Id, [0, 0, 0, 0, 0]);
        Assert.Equal(1000, (await stream.Input.ReadAtLeastAsync(1000, Limit)).Buffer.Length);
    }

    [Fact]
    public async Task A_stream_that_is_told_a_rate_is_sent_at_that_rate()
    {
        var stream = await OpenAsync("echo");
        _circuit.LastHop.Send(RelayCommand.Xon, stream.Id, [0, 0, 0, 0, 100]);
        var sent = EchoRole.Bytes(250_000);
        var started = TimeProvider.System.GetTimestamp();
        await stream.Output.WriteAsync(sent, Limit);
        Assert.Equal(SHA256.HashData(sent), await HashAsync(stream, sent.Length));

        // 100 KB at once, the other 150 KB in a second and a half. Never faster.
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(1.4));
    }

    private Task<TorStream> OpenAsync(string host) => host == "hold"
        ? Task.FromResult(_circuit.LastHop.Begin(new BeginMessage(host, 80, 0)))
        : _circuit.LastHop.OpenAsync(new BeginMessage(host, 80, 0), Limit);

    private static async Task<byte[]> HashAsync(TorStream stream, int length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = length; left > 0;)
        {
            var read = await stream.Input.ReadAsync(Limit);
            foreach (var segment in read.Buffer)
            {
                hash.AppendData(segment.Span);
            }

            left -= (int)read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
            Assert.False(read.IsCompleted && left > 0, "The stream ended early.");
        }

        return hash.GetHashAndReset();
    }
}
