using System.Net;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Socks;

/// <summary>The RESOLVE extension.</summary>
public sealed class SocksResolveTests : SocksServerTest
{
    [Fact]
    public async Task Names_are_resolved_and_addresses_turned_back()
    {
        using var name = await ConnectAsync(Socks5("example.com", 0, command: 0xF0));
        Assert.Equal(new byte[] { 5, 0, 0, 1, 192, 0, 2, 7, 0, 0 }, await ReadToEndAsync(name));
        using var literal = await ConnectAsync([.. NoAuthentication, 5, 0xF0, 0, 1, 192, 0, 2, 9, 0, 0]);
        Assert.Equal(new byte[] { 5, 0, 0, 1, 192, 0, 2, 9, 0, 0 }, await ReadToEndAsync(literal));
        using var old = await ConnectAsync([4, 0xF0, 0, 0, 0, 0, 0, 1, 0, .. "example.com\0"u8]);
        Assert.Equal(new byte[] { 0, 0x5A, 0, 0, 192, 0, 2, 7 }, await ReadToEndAsync(old));

        Dialer.Resolve = _ => new ResolvedMessage([ResolvedAnswer.FromHostName("host.example.com", 60)]);
        using var reverse = await ConnectAsync([.. NoAuthentication, 5, 0xF1, 0, 1, 192, 0, 2, 9, 0, 0]);
        Assert.Equal([5, 0, 0, 3, 16, .. "host.example.com"u8, 0, 0], await ReadToEndAsync(reverse));
        Assert.Equal(["example.com", "example.com", "9.2.0.192.in-addr.arpa"], Dialer.Dialed.Select(d => d.Host));
    }

    [Fact]
    public async Task IPv6_answers_are_for_socks5_only()
    {
        Dialer.Resolve = _ => new ResolvedMessage([ResolvedAnswer.FromAddress(IPAddress.Parse("2001:db8::1"), 60)]);
        using var five = await ConnectAsync(Socks5("example.com", 0, command: 0xF0));
        Assert.Equal(22, (await ReadToEndAsync(five)).Length);
        using var four = await ConnectAsync([4, 0xF0, 0, 0, 0, 0, 0, 1, 0, .. "example.com\0"u8]);
        Assert.Equal(0x5B, (await ReadToEndAsync(four))[1]);
    }

    [Fact]
    public async Task What_does_not_resolve_is_unreachable_and_onion_names_are_not_asked_for()
    {
        Dialer.Resolve = _ => new ResolvedMessage([new ResolvedAnswer(ResolvedType.Error, default, 60)]);
        using var missing = await ConnectAsync(Socks5("nx.example.com", 0, command: 0xF0));
        Assert.Equal(4, (await ReadToEndAsync(missing))[1]);
        using var onion = await ConnectAsync(Socks5("abc.onion", 0, command: 0xF0));
        Assert.Equal(4, (await ReadToEndAsync(onion))[1]);
        Assert.Equal("nx.example.com", Dialer.Dialed.Single().Host);
    }
}
