using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Links;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links;

public sealed class LinkPaddingTests
{
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Both_ends_pad_a_quiet_link_with_a_client_once_it_is_used()
    {
        await using var pair = LinkPair.Start(time: _time);
        var (client, server) = (await pair.ConnectAsync(), await pair.ServerLinkAsync());
        await AdvanceAsync(TimeSpan.FromMinutes(1), () => false);
        Assert.Equal(0, client.Padding.Sent + server.Padding.Sent);

        client.MarkMultiHop();
        server.MarkMultiHop();
        await AdvanceAsync(TimeSpan.FromMinutes(5), () => client.Padding.Sent > 0 && server.Padding.Sent > 0);
        Assert.True(client.Padding.Sent > 0 && server.Padding.Sent > 0);
    }

    [Fact]
    public async Task Relays_pad_among_each_other_only_if_the_network_says_so()
    {
        await using var quiet = LinkPair.Start(isRelay: true, time: _time);
        var link = await quiet.ConnectAsync();
        link.MarkMultiHop();
        await AdvanceAsync(TimeSpan.FromMinutes(1), () => false);
        Assert.Equal(0, link.Padding.Sent);

        await using var padded = LinkPair.Start(
            isRelay: true, time: _time, configure: o => o with { Parameters = () => NetworkParameters.From([new("nf_pad_relays", 1)]) });
        link = await padded.ConnectAsync();
        link.MarkMultiHop();
        await AdvanceAsync(TimeSpan.FromMinutes(1), () => link.Padding.Sent > 0);
        Assert.True(link.Padding.Sent > 0);
    }

    [Fact]
    public async Task A_client_may_refuse_padding_and_take_it_up_again()
    {
        await using var pair = LinkPair.Start(time: _time);
        var (client, server) = (await pair.ConnectAsync(), await pair.ServerLinkAsync());
        server.MarkMultiHop();
        server.Padding.OnNegotiate(Wish(new PaddingNegotiateCell(false, 0, 0)), NullLogger.Instance);
        await AdvanceAsync(TimeSpan.FromMinutes(1), () => false);
        Assert.Equal(0, server.Padding.Sent);

        // Less often than the network says is granted, more often is not.
        server.Padding.OnNegotiate(Wish(new PaddingNegotiateCell(true, 20_000, 20_000)), NullLogger.Instance);
        await AdvanceAsync(TimeSpan.FromSeconds(18), () => false);
        Assert.Equal(0, server.Padding.Sent);
        await AdvanceAsync(TimeSpan.FromSeconds(10), () => server.Padding.Sent > 0);
        Assert.Equal(1, server.Padding.Sent);
        Assert.True(client.IsOpen);
    }

    [Fact]
    public async Task Malformed_wishes_are_ignored()
    {
        await using var pair = LinkPair.Start(time: _time);
        await pair.ConnectAsync();
        var server = await pair.ServerLinkAsync();
        server.Padding.OnNegotiate([0, 9, 0, 0, 0, 0], NullLogger.Instance);
        server.Padding.OnNegotiate([0], NullLogger.Instance);
        Assert.True(server.IsOpen);
    }

    [Fact]
    public async Task Idle_links_close_after_minutes_with_a_client_and_after_an_hour_between_relays()
    {
        await using var ofClient = LinkPair.Start(time: _time);
        await using var ofRelay = LinkPair.Start(isRelay: true, time: _time);
        Assert.InRange((await ofClient.ConnectAsync()).IdleTimeout, TimeSpan.FromSeconds(180), TimeSpan.FromSeconds(270));
        Assert.InRange((await ofClient.ServerLinkAsync()).IdleTimeout, TimeSpan.FromSeconds(180), TimeSpan.FromSeconds(270));
        Assert.InRange((await ofRelay.ConnectAsync()).IdleTimeout, TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(75));
        Assert.InRange((await ofRelay.ServerLinkAsync()).IdleTimeout, TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(75));
    }

    private static byte[] Wish(PaddingNegotiateCell cell)
    {
        var writer = new SpanWriter(new byte[16]);
        cell.Write(ref writer);
        return writer.Written.ToArray();
    }

    private async Task AdvanceAsync(TimeSpan by, Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Timeouts.Step);
        for (var end = _time.GetUtcNow() + by; !condition() && _time.GetUtcNow() < end;)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1, timeout.Token);
        }
    }
}
