using System.Net;
using OnionHost.Network.Socks;
using OnionHost.Protocol;

namespace OnionHost.Network.Tests.Socks;

/// <summary>Limits of time and number, and where the port listens.</summary>
public sealed class SocksLimitTests : SocksServerTest
{
    [Fact]
    public async Task A_client_that_says_nothing_is_dropped()
    {
        using var client = await ConnectAsync([5], read: 0);
        await UntilAsync(() => Server.ClientCount == 1);
        var end = ReadToEndAsync(client);
        while (!end.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Empty(await end);
    }

    [Fact]
    public async Task A_connection_that_takes_too_long_ends_with_a_code()
    {
        using var client = await ConnectAsync(Socks5("never", 80));
        var answer = ReadToEndAsync(client);
        while (!answer.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.Equal(6, (await answer)[1]);
    }

    [Fact]
    public async Task Clients_beyond_the_limit_are_closed()
    {
        await using var server = await StartAsync(new SocksOptions { MaxClients = 1 });
        using var first = await ConnectAsync([], read: 0, server);
        await UntilAsync(() => server.ClientCount == 1);
        using var second = await ConnectAsync([], read: 0, server);
        Assert.Empty(await ReadToEndAsync(second));
        await SendAsync(first, Socks5("echo", 80));
        Assert.Equal(12, (await ReadAsync(first, 12)).Length);
    }

    [Fact]
    public async Task It_listens_on_loopback_only_unless_told()
    {
        await using var server = new SocksServer(Context, new IPEndPoint(IPAddress.Any, 0), Dialer);
        Assert.Equal(TorErrorKind.Local, (await Assert.ThrowsAsync<TorException>(() => server.StartAsync(Limit.Token))).Kind);
    }

    [Fact]
    public async Task A_port_in_use_is_said_so()
    {
        await using var server = new SocksServer(Context, Server.EndPoint, Dialer);
        var failure = await Assert.ThrowsAsync<TorException>(() => server.StartAsync(Limit.Token));
        Assert.Contains(Server.EndPoint.Port.ToString(), failure.Message, StringComparison.Ordinal);
    }
}
