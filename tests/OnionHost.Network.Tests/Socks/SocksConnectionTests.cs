using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionHost.Network.Paths;
using OnionHost.Network.Socks;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Socks;

/// <summary>Connections through the SOCKS port: requests of both versions, and bytes both ways.</summary>
public sealed class SocksConnectionTests : SocksServerTest
{
    [Fact]
    public async Task Socks5_connects_and_copies_both_ways()
    {
        using var client = await ConnectAsync(Socks5("echo", 80));
        Assert.Equal(10, (await ReadAsync(client, 10)).Length);
        await SendAsync(client, "hello"u8.ToArray());
        Assert.Equal("hello", Encoding.ASCII.GetString(await ReadAsync(client, 5)));
        Assert.Equal(new StreamTarget("echo", 80, SocksIsolation.Of(IPAddress.Loopback)), Dialer.Dialed.Single());
    }

    [Fact]
    public async Task A_megabyte_arrives_whole_and_ends()
    {
        using var client = await ConnectAsync(Socks5("source-1000000", 80));
        await ReadAsync(client, 10);
        Assert.Equal(EchoRole.Bytes(1_000_000), await ReadToEndAsync(client));
    }

    [Fact]
    public async Task Socks4a_connects_by_name_and_socks4_by_address()
    {
        using var client = await ConnectAsync([4, 1, 0, 80, 0, 0, 0, 1, .. "me\0echo\0"u8]);
        Assert.Equal(new byte[] { 0, 0x5A, 0, 0, 0, 0, 0, 0 }, await ReadAsync(client, 8));
        Dialer.Failure = new StreamException("no", EndReason.ConnectRefused);
        using var other = await ConnectAsync([4, 1, 0, 81, 192, 0, 2, 1, 0]);
        Assert.Equal(new byte[] { 0, 0x5B, 0, 0, 0, 0, 0, 0 }, await ReadToEndAsync(other));
        Assert.Equal(["echo", "192.0.2.1"], Dialer.Dialed.Select(d => d.Host));
        Assert.NotEqual(Dialer.Dialed.First().Isolation, Dialer.Dialed.Last().Isolation);
    }

    [Fact]
    public async Task Data_sent_ahead_is_not_lost()
    {
        using var client = await ConnectAsync([.. Socks5("echo", 80), .. "early"u8]);
        await ReadAsync(client, 10);
        Assert.Equal("early", Encoding.ASCII.GetString(await ReadAsync(client, 5)));
    }

    [Fact]
    public async Task A_client_that_has_sent_all_still_gets_the_answer()
    {
        using var client = await ConnectAsync(Socks5("echo", 80));
        await ReadAsync(client, 10);
        await SendAsync(client, "last words"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("last words", Encoding.ASCII.GetString(await ReadAsync(client, 10)));

        // When nothing comes any more, the stream is closed.
        var rest = ReadToEndAsync(client);
        while (!rest.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Empty(await rest);
    }

    [Fact]
    public async Task A_connection_that_both_ends_have_closed_is_over_at_once()
    {
        using var client = await ConnectAsync(Socks5("sink", 80));
        await ReadAsync(client, 10);
        client.Shutdown(SocketShutdown.Send);
        await Dialer.Far.Accepted.Single().Output.CompleteAsync();
        Assert.Empty(await ReadToEndAsync(client));
        await UntilAsync(() => Server.ClientCount == 0);
    }

    [Fact]
    public async Task A_stream_that_breaks_looks_broken()
    {
        using var client = await ConnectAsync(Socks5("sink", 80));
        await ReadAsync(client, 10);
        Dialer.Far.Accepted.Single().Abort(EndReason.ConnReset);
        await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_client_that_resets_breaks_its_stream()
    {
        using var client = await ConnectAsync(Socks5("sink", 80));
        await ReadAsync(client, 10);
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        var far = Dialer.Far.Accepted.Single();
        var closed = new TaskCompletionSource();
        await using var registration = far.Closed.Register(closed.SetResult);
        await closed.Task.WaitAsync(Limit.Token);
    }

    [Fact]
    public async Task A_client_that_leaves_while_connecting_is_forgotten()
    {
        using (await ConnectAsync(Socks5("never", 80)))
        {
            await UntilAsync(() => !Dialer.Dialed.IsEmpty);
        }

        await UntilAsync(() => Server.ClientCount == 0);
    }
}
