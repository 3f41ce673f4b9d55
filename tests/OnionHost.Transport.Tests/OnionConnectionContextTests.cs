using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Tests.Shared;
using OnionHost.Transport.Connections;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.Transport.Tests;

public class OnionConnectionContextTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static (FakeOnionStream Stream, OnionConnectionContext Connection) Connect(
        bool abortThrows = false, bool stalls = false, TimeProvider? time = null)
    {
        var stream = new FakeOnionStream
        {
            Service = FakeOnion.AddressOf("blog"),
            Port = 80,
            CircuitId = 0x12345678,
            AbortThrows = abortThrows,
            Stalls = stalls,
        };
        var context = new OnionTransportContext(new LogRecorder().CreateLogger("x"), time ?? TimeProvider.System, null);
        return (stream, new OnionConnectionContext(stream, new OnionEndPoint("blog").Resolve(stream.Service), 9, context, null));
    }

    private static Task ClosedTask(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(closed.SetResult);
        return closed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task SuppliesEveryFeatureThatKestrelReads()
    {
        var (stream, connection) = Connect();
        await using (connection)
        {
            Assert.Equal(13, connection.ConnectionId.Length);
            Assert.Equal(connection.ConnectionId, connection.Features.Get<IConnectionIdFeature>()!.ConnectionId);
            Assert.Same(connection.Transport, connection.Features.Get<IConnectionTransportFeature>()!.Transport);
            Assert.NotNull(connection.Features.Get<IConnectionItemsFeature>()!.Items);
            Assert.NotNull(connection.Features.Get<IMemoryPoolFeature>()!.MemoryPool);
            Assert.Equal(connection.ConnectionClosed, connection.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed);
            Assert.Equal("[fc00:dead:beef:4dad::1234:5678]:9", connection.Features.Get<IConnectionEndPointFeature>()!.RemoteEndPoint!.ToString());
            Assert.Same(stream, connection.Features.Get<IOnionConnectionFeature>());
            connection.Features.Set<IConnectionHeartbeatFeature>(null);
        }
    }

    [Fact]
    public async Task AbortMayHaveNoReasonAndComeAgainFromItsOwnCallback()
    {
        var (stream, connection) = Connect();
        var closed = ClosedTask(connection);
        connection.ConnectionClosed.Register(() => connection.Abort(null!));
        connection.ConnectionClosed.Register(() => connection.Features.Get<IConnectionLifetimeFeature>()!.Abort());
        connection.Abort(null!);
        connection.Abort(new ConnectionAbortedException("again"));
        connection.Abort();
        await closed;
        await connection.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(1, stream.Aborts);
        connection.Abort(null!);
    }

    [Fact]
    public async Task AbortNeverThrows()
    {
        var (_, connection) = Connect(abortThrows: true);
        var closed = ClosedTask(connection);
        connection.ConnectionClosed.Register(() => throw new InvalidOperationException("A callback that fails."));
        connection.Abort(new ConnectionAbortedException("shutting down"));
        await closed;
        await connection.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task AResetFaultsTheReaderAndThenFiresConnectionClosed()
    {
        var (stream, connection) = Connect();
        var closed = ClosedTask(connection);
        var read = connection.Transport.Input.ReadAsync().AsTask();
        stream.Reset();
        var fault = await Assert.ThrowsAsync<ConnectionResetException>(() => read.WaitAsync(Patience));
        Assert.IsType<TorException>(fault.InnerException);
        Assert.Throws<ConnectionResetException>(() => connection.Transport.Input.TryRead(out _));
        await closed;
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task ACleanEndCompletesTheReaderAndThenFiresConnectionClosed()
    {
        var (stream, connection) = Connect();
        var closed = ClosedTask(connection);
        await stream.ToService.WriteAsync(new byte[] { 1, 2, 3 });
        stream.End();
        var result = await connection.Transport.Input.ReadAtLeastAsync(100).AsTask().WaitAsync(Patience);
        Assert.True(result.IsCompleted);
        Assert.Equal(3, result.Buffer.Length);
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        await closed;
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task AReadAfterOurOwnAbortSaysSo()
    {
        var (_, connection) = Connect();
        var read = connection.Transport.Input.ReadAsync().AsTask();
        connection.Abort(new ConnectionAbortedException("enough"));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.WaitAsync(Patience));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task DisposingSendsTheRestAndLetsGo()
    {
        var (stream, connection) = Connect();
        var closed = ClosedTask(connection);
        await connection.Transport.Output.WriteAsync(new byte[] { 1, 2, 3 });
        await connection.DisposeAsync().AsTask().WaitAsync(Patience);
        await closed;
        await stream.Disposed.WaitAsync(Patience);
        var result = await stream.FromService.ReadAtLeastAsync(3);
        Assert.Equal(3, result.Buffer.Length);
        Assert.Equal(0, stream.Aborts);
    }

    [Fact]
    public async Task DisposingWaitsUntilTheRestIsSent()
    {
        var (stream, connection) = Connect(stalls: true);
        await connection.Transport.Output.WriteAsync(new byte[] { 1, 2, 3 });
        var disposing = connection.DisposeAsync().AsTask();
        await stream.Disposed.WaitAsync(Patience);
        Assert.False(disposing.IsCompleted);
        stream.End();
        await disposing.WaitAsync(Patience);
        Assert.Equal(0, stream.Aborts);
    }

    [Fact]
    public async Task AVisitorWhoNeverTakesTheRestIsCutOff()
    {
        var time = new ManualTimeProvider();
        var (stream, connection) = Connect(stalls: true, time: time);
        var disposing = connection.DisposeAsync().AsTask();
        while (!disposing.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        await disposing;
        Assert.Equal(1, stream.Aborts);
    }

    [Fact]
    public void ConnectionIdsAreUnique()
    {
        var context = new OnionTransportContext(new LogRecorder().CreateLogger("x"), TimeProvider.System, null);
        var ids = Enumerable.Range(0, 1000).Select(_ => context.NextConnectionId()).ToHashSet();
        Assert.Equal(1000, ids.Count);
    }
}
