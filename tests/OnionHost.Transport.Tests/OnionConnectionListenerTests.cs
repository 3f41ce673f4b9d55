using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Tests.Shared;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.Transport.Tests;

public class OnionConnectionListenerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeOnion _onion = new();
    private readonly LogRecorder _logs = new();
    private readonly ManualTimeProvider _time = new();

    private OnionConnectionListenerFactory Factory() => new(_onion, new LoggerFactory([_logs]), _time);

    [Fact]
    public async Task BindsOnionEndPointsAndNothingElse()
    {
        var factory = Factory();
        Assert.True(factory.CanBind(new OnionEndPoint("blog")));
        Assert.False(factory.CanBind(new IPEndPoint(IPAddress.Loopback, 80)));
        Assert.False(factory.CanBind(new DnsEndPoint("x.onion", 80)));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 80)));
    }

    [Fact]
    public async Task TheBoundEndPointIsTheAddress()
    {
        await using var listener = await Factory().BindAsync(new OnionEndPoint("blog", 81));
        Assert.Equal($"{FakeOnion.AddressOf("blog")}:81", listener.EndPoint.ToString());
    }

    [Fact]
    public async Task UnbindEndsAPendingAcceptAndThoseAfterIt()
    {
        await using var listener = await Factory().BindAsync(new OnionEndPoint("blog"));
        var pending = listener.AcceptAsync().AsTask();
        await listener.UnbindAsync();
        Assert.Null(await pending.WaitAsync(Patience));
        Assert.Null(await listener.AcceptAsync().AsTask().WaitAsync(Patience));
        await listener.UnbindAsync();
        Assert.True(_onion.Acceptor().IsUnbound);
        Assert.False(_onion.Acceptor().IsDisposed);
        await listener.DisposeAsync();
        Assert.True(_onion.Acceptor().IsDisposed);
    }

    [Fact]
    public async Task ACancelledAcceptReturnsNull()
    {
        await using var listener = await Factory().BindAsync(new OnionEndPoint("blog"));
        using var cancel = new CancellationTokenSource();
        var pending = listener.AcceptAsync(cancel.Token).AsTask();
        cancel.Cancel();
        Assert.Null(await pending.WaitAsync(Patience));
    }

    [Fact]
    public async Task AFaultBelowIsLoggedAndAcceptingGoesOn()
    {
        await using var listener = await Factory().BindAsync(new OnionEndPoint("blog"));
        _onion.Acceptor().Faults.Enqueue(new TorException(TorErrorKind.Network, "The links are gone."));
        _onion.Acceptor().Faults.Enqueue(new OperationCanceledException());
        var stream = _onion.Visit();
        var pending = listener.AcceptAsync().AsTask();
        while (!pending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var connection = await pending;
        Assert.Same(stream, connection!.Features.Get<IOnionConnectionFeature>());
        Assert.Equal(2, _logs.AtLeast(LogLevel.Error).Count());
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task ConnectionsOfOneCircuitShareTheirAddress()
    {
        await using var listener = await Factory().BindAsync(new OnionEndPoint("blog"));
        var visits = new[] { 5u, 5u, 6u };
        var remotes = new List<IPEndPoint>();
        foreach (var circuit in visits)
        {
            _onion.Visit(circuit: circuit);
            var connection = await listener.AcceptAsync();
            remotes.Add((IPEndPoint)connection!.RemoteEndPoint!);
            await connection.DisposeAsync();
        }

        Assert.Equal(remotes[0].Address, remotes[1].Address);
        Assert.NotEqual(remotes[0].Port, remotes[1].Port);
        Assert.NotEqual(remotes[0].Address, remotes[2].Address);
        Assert.DoesNotContain(remotes, r => IPAddress.IsLoopback(r.Address));
    }
}
