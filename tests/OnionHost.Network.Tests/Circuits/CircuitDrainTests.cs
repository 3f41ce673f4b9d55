using OnionHost.Network.Circuits;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Circuits;

/// <summary>A circuit that is about to close loses nothing: when its drain has ended, the other end has read everything.</summary>
public sealed class CircuitDrainTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly MemoryNetwork _network;
    private readonly EchoRole _role = new();
    private readonly CancellationTokenSource _limit = new(MemoryNetwork.Soon);

    public CircuitDrainTests()
    {
        _network = new MemoryNetwork(3, _clock);
        _network[2].Roles.Streams.Add(_role);
    }

    public async ValueTask DisposeAsync()
    {
        _limit.Dispose();
        await _network.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100 * RelayMessage.BodyMax)]
    [InlineData(150_000)]
    [InlineData(2_000_000)]
    public async Task What_was_written_was_received_when_the_drain_ends(int bytes)
    {
        await using var circuit = await _network.BuildAsync();
        var stream = await OpenAsync(circuit, "sink");
        await stream.Output.WriteAsync(EchoRole.Bytes(bytes), _limit.Token);
        await stream.DisposeAsync();
        await circuit.LastHop.DrainAsync(_limit.Token);
        Assert.NotNull(_role.Accepted.Single().EndReason);
        Assert.Equal(0, circuit.LastHop.OpenStreams);
    }

    [Fact]
    public async Task Stream_that_its_owner_still_holds_is_broken_off()
    {
        await using var circuit = await _network.BuildAsync();
        var stream = await OpenAsync(circuit, "echo");
        await stream.Output.WriteAsync(new byte[5], _limit.Token);
        await stream.Input.ReadAtLeastAsync(5, _limit.Token);
        await circuit.LastHop.DrainAsync(_limit.Token);
        Assert.Equal(EndReason.Destroy, stream.EndReason);
        Assert.NotNull(_role.Accepted.Single().EndReason);
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_receipt_of_nothing_or_of_what_is_long_past()
    {
        await using var circuit = await _network.BuildAsync();
        await circuit.LastHop.DrainAsync(_limit.Token);
        var stream = await OpenAsync(circuit, "echo");
        await stream.Output.WriteAsync(new byte[5], _limit.Token);
        await stream.Input.ReadAtLeastAsync(5, _limit.Token);
        _clock.Advance(TimeSpan.FromMinutes(2));
        var sent = 0;
        _network.ClientLink.Sent = (_, _, _) => Interlocked.Increment(ref sent);
        await circuit.LastHop.DrainAsync(_limit.Token);
        Assert.Equal(1, sent);
    }

    [Fact]
    public async Task Circuit_that_closes_meanwhile_ends_the_drain()
    {
        await using var circuit = await _network.BuildAsync();
        var stream = await OpenAsync(circuit, "sink");
        _network.ClientLink.Tamper = (command, _) => command != CellCommand.Relay;
        await stream.Output.WriteAsync(new byte[100_000], _limit.Token);
        await stream.DisposeAsync();
        var drain = circuit.LastHop.DrainAsync(_limit.Token);
        Assert.False(drain.IsCompleted);
        circuit.Close();
        await drain;
    }

    private Task<TorStream> OpenAsync(ClientCircuit circuit, string host) => circuit.LastHop.OpenAsync(new BeginMessage(host, 80, 0), _limit.Token);
}
