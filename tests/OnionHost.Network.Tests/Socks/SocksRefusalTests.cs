using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Socks;

/// <summary>What the SOCKS port says when it does not connect.</summary>
public sealed class SocksRefusalTests : SocksServerTest
{
    [Theory]
    [InlineData(EndReason.Misc, 1)]
    [InlineData(EndReason.ResolveFailed, 4)]
    [InlineData(EndReason.ConnectRefused, 5)]
    [InlineData(EndReason.ExitPolicy, 2)]
    [InlineData(EndReason.Timeout, 6)]
    [InlineData(EndReason.NoRoute, 4)]
    [InlineData(EndReason.ConnReset, 5)]
    [InlineData(EndReason.ResourceLimit, 1)]
    public async Task Refusals_have_the_code_of_their_reason(EndReason reason, byte code)
    {
        Dialer.Failure = new StreamException("refused", reason);
        using var client = await ConnectAsync(Socks5("example.com", 80));
        Assert.Equal(new byte[] { 5, code, 0, 1, 0, 0, 0, 0, 0, 0 }, await ReadToEndAsync(client));
    }

    [Theory]
    [InlineData(OnionFailure.DescriptorNotFound)]
    [InlineData(OnionFailure.DescriptorInvalid)]
    [InlineData(OnionFailure.IntroductionFailed)]
    [InlineData(OnionFailure.RendezvousFailed)]
    [InlineData(OnionFailure.MissingAuthorization)]
    [InlineData(OnionFailure.WrongAuthorization)]
    [InlineData(OnionFailure.BadAddress)]
    [InlineData(OnionFailure.IntroductionTimedOut)]
    public async Task Onion_failures_have_codes_of_their_own(OnionFailure failure)
    {
        Dialer.Failure = new OnionException(failure, "no");
        using var client = await ConnectAsync(Socks5("label.Example.onion", 80));
        Assert.Equal((byte)failure, (await ReadToEndAsync(client))[1]);
        Assert.Equal("label.example.onion", Dialer.Dialed.Single().Host);
    }

    [Theory]
    [InlineData("05010005020001c000020100500", 7)] // BIND
    [InlineData("05010005030001c000020100500", 7)] // UDP ASSOCIATE
    [InlineData("0501000501000500000000", 8)] // unknown address type
    [InlineData("050100050100030461202062005000", 1)] // space in the name
    [InlineData("05010005010003000050", 1)] // empty name
    [InlineData("0501000501000304612e2e620050", 1)] // a..b
    [InlineData("05010005010003046563686f0000", 1)] // port 0
    [InlineData("050100050100030761622e657869740050", 1)] // ab.exit
    public async Task Bad_requests_are_refused_with_a_code(string hex, byte code)
    {
        using var client = await ConnectAsync(Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex[..^1]), read: 2);
        Assert.Equal(new byte[] { 5, code }, (await ReadToEndAsync(client))[..2]);
        Assert.Empty(Dialer.Dialed);
    }

    [Fact]
    public async Task Without_a_known_method_there_is_no_service()
    {
        using var client = await ConnectAsync([5, 1, 1], read: 0);
        Assert.Equal(new byte[] { 5, 0xFF }, await ReadToEndAsync(client));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT example.com:443 HTTP/1.1\r\n\r\n")]
    public async Task Browsers_that_take_it_for_an_http_proxy_are_told(string request)
    {
        using var client = await ConnectAsync(Encoding.ASCII.GetBytes(request), read: 0);
        Assert.StartsWith("HTTP/1.0 501 Tor is not an HTTP Proxy\r\n", Encoding.ASCII.GetString(await ReadToEndAsync(client)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_bytes_come_it_goes_on_serving()
    {
        var samples = ArbMap.Default.GeneratorFor<byte[]>().Sample(100, 60).ToArray();
        for (var i = 0; i < samples.Length; i++)
        {
            await TryBytesAsync(samples[i], i % 4);
        }

        await ServesAsync();
    }

    private async Task TryBytesAsync(byte[] bytes, int kind)
    {
        byte[] prefix = kind switch { 0 => [], 1 => [4], 2 => [5, 1, 0, 5], _ => [5, 1, 2, 1] };
        using var client = await ConnectAsync([.. prefix, .. bytes], read: 0);
        client.Shutdown(SocketShutdown.Send);
        try
        {
            await ReadToEndAsync(client);
        }
        catch (SocketException)
        {
            // A reset is as good an end as any.
        }
    }

    private async Task ServesAsync()
    {
        using var client = await ConnectAsync([.. Socks5("echo", 80), .. "x"u8]);
        Assert.Equal(11, (await ReadAsync(client, 11)).Length);
    }
}
