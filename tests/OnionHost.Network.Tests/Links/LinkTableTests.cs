using System.Net;
using System.Net.Sockets;
using OnionHost.Network.Links;
using OnionHost.Network.Tls;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links;

public sealed class LinkTableTests
{
    [Fact]
    public async Task Links_to_one_relay_are_shared()
    {
        await using var pair = LinkPair.Start();

        var links = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pair.ConnectAsync()));

        Assert.Single(links.Distinct());
        Assert.Same(links[0], await pair.Client.GetAsync(pair.Target with { Fingerprint = null }, default));
        Assert.Same(links[0], await pair.Client.GetAsync(pair.Target with { Identity = null }, default));
        Assert.Same(links[0], await pair.Client.GetAsync(new LinkTarget([pair.Listener.EndPoint], null, null), default));
        Assert.Single(pair.Client.Links);
    }

    [Fact]
    public async Task A_relay_reuses_the_link_that_the_other_opened()
    {
        await using var pair = LinkPair.Start(isRelay: true, clientTls: Preferred(), serverTls: Preferred());
        await pair.ConnectAsync();
        var inbound = await pair.ServerLinkAsync();
        var other = LinkPair.OtherRelay;

        var found = await pair.Server.GetAsync(new LinkTarget([new IPEndPoint(IPAddress.Loopback, 1)], other.Fingerprint, other.Identity), default);

        Assert.Same(inbound, found);
    }

    [Fact]
    public async Task A_listener_that_stops_is_no_fault()
    {
        var warnings = new Warnings();
        for (var i = 0; i < 50; i++)
        {
            await using var pair = LinkPair.Start();
            var context = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, warnings);
            await LinkListener.Start(context, pair.Server, new IPEndPoint(IPAddress.Loopback, 0)).DisposeAsync();
        }

        Assert.Equal(0, warnings.Count);
    }

    [Fact]
    public async Task A_closed_link_is_opened_anew()
    {
        await using var pair = LinkPair.Start();
        var first = await pair.ConnectAsync();
        await first.DisposeAsync();

        var second = await pair.ConnectAsync();

        Assert.NotSame(first, second);
        Assert.True(second.IsOpen);
    }

    [Fact]
    public async Task Another_relay_than_wanted_is_refused()
    {
        await using var pair = LinkPair.Start();
        var target = pair.Target with { Fingerprint = LinkPair.OtherRelay.Fingerprint };

        var fault = await Assert.ThrowsAsync<LinkException>(() => pair.Client.GetAsync(target, default).WaitAsync(Timeouts.Step));

        Assert.Equal(DestroyReason.OrIdentity, fault.Reason);
        Assert.Empty(pair.Client.Links);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_is_skipped()
    {
        await using var pair = LinkPair.Start();
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var dead = (IPEndPoint)closed.LocalEndPoint!;

        var link = await pair.Client.GetAsync(pair.Target with { Addresses = [dead, pair.Listener.EndPoint] }, default).WaitAsync(Timeouts.Step);
        var fault = await Assert.ThrowsAsync<LinkException>(() =>
            pair.Client.GetAsync(new LinkTarget([dead], LinkPair.OtherRelay.Fingerprint, null), default).WaitAsync(Timeouts.Step));

        Assert.True(link.IsOpen);
        Assert.Equal(DestroyReason.ConnectFailed, fault.Reason);
        Assert.True(fault.IsTransient);
    }

    [Fact]
    public async Task An_idle_link_closes_and_a_used_one_stays_and_is_kept_alive()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var pair = LinkPair.Start(time: time, configure: o => o with { KeepAlive = TimeSpan.FromMinutes(2) });
        var link = await pair.ConnectAsync();
        var id = link.Attach(new RecordingCircuit());

        await AdvanceAsync(time, TimeSpan.FromMinutes(10), () => link.BytesSent >= 514);
        Assert.True(link.IsOpen);
        link.Detach(id);
        await AdvanceAsync(time, TimeSpan.FromMinutes(10), () => !link.IsOpen);

        await link.Closed.WaitAsync(Timeouts.Step);
        Assert.Empty(pair.Client.Links);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed_after_ten_seconds()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var pair = LinkPair.Start(time: time);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(pair.Listener.EndPoint);
        var end = socket.ReceiveAsync(new byte[100]);

        await AdvanceAsync(time, TimeSpan.FromMinutes(1), () => end.IsCompleted);

        Assert.True(await IsEndAsync(end));
    }

    [Fact]
    public async Task A_relay_that_says_nothing_is_given_up_after_ten_seconds()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var pair = LinkPair.Start(time: time);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        var connect = pair.Client.GetAsync(new LinkTarget([(IPEndPoint)silent.LocalEndPoint!], LinkPair.Relay.Fingerprint, null), default);

        await AdvanceAsync(time, TimeSpan.FromMinutes(1), () => connect.IsCompleted);

        await Assert.ThrowsAsync<LinkException>(() => connect.WaitAsync(Timeouts.Step));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Garbage_closes_its_own_connection_only(int kind)
    {
        await using var pair = LinkPair.Start();
        var link = await pair.ConnectAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(pair.Listener.EndPoint);

        if (kind == 0)
        {
            await socket.SendAsync(SystemRandomSource.Instance.Bytes(300));
            Assert.True(await IsEndAsync(socket));
        }
        else
        {
            await using var tls = await new SslStreamTlsBackend().ConnectAsync(socket, "www.example.com", default);
            await tls.WriteAsync(Garbage(kind), default);
            Assert.True(await IsEndAsync(tls));
        }

        link.Send(link.Attach(new RecordingCircuit()), CellCommand.CreateFast, default);
        Assert.NotNull((await pair.Acceptor.NextAsync()).Circuit);
        Assert.Single(pair.Server.Links);
    }

    [Fact]
    public async Task A_handshake_cell_on_an_open_link_closes_it()
    {
        await using var pair = LinkPair.Start();
        var link = await pair.ConnectAsync();
        var circuit = new RecordingCircuit();
        link.Send(link.Attach(circuit), CellCommand.Netinfo, default);

        await circuit.LinkClosed.WaitAsync(Timeouts.Step);
        await link.Closed.WaitAsync(Timeouts.Step);
    }

    [Fact]
    public async Task A_port_in_use_says_what_to_do()
    {
        await using var pair = LinkPair.Start();

        var fault = Assert.Throws<TorException>(() => LinkListener.Start(pair.Context, pair.Server, pair.Listener.EndPoint));

        Assert.Equal(TorErrorKind.Local, fault.Kind);
        Assert.Contains(pair.Listener.EndPoint.ToString(), fault.Message, StringComparison.Ordinal);
    }

    private static ITlsBackend Preferred() => TlsBackends.Best();

    private static byte[] Garbage(int kind)
    {
        byte[] versions = [0, 0, 7, 0, 2, 0, 4];
        return kind switch
        {
            1 => [0, 0, 0, 0, 7, 0, 2, 0, 4, .. new byte[600]],
            2 => [.. versions, .. new byte[4], (byte)CellCommand.CreateFast, .. new byte[509]],
            3 => [.. versions, .. new byte[4], (byte)CellCommand.Certs, 0xff, 0xff, .. new byte[100]],
            _ => [.. versions, .. new byte[4], (byte)CellCommand.Certs, 0, 3, 1, 2, 3],
        };
    }

    /// <summary>Moves the clock in small steps until the condition holds; what it starts runs on other threads.</summary>
    private static async Task AdvanceAsync(ManualTimeProvider time, TimeSpan limit, Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Timeouts.Step);
        var end = time.GetUtcNow() + limit;
        while (!condition() && time.GetUtcNow() < end)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, timeout.Token);
        }
    }

    private static async Task<bool> IsEndAsync(Socket socket) => await IsEndAsync(socket.ReceiveAsync(new byte[4000]));

    private static async Task<bool> IsEndAsync(Task<int> receive)
    {
        try
        {
            // An alert may come first.
            return await receive.WaitAsync(Timeouts.Step) >= 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<bool> IsEndAsync(TlsConnection tls)
    {
        try
        {
            var buffer = new byte[4000];
            while (await tls.ReadAsync(buffer, default).AsTask().WaitAsync(Timeouts.Step) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
