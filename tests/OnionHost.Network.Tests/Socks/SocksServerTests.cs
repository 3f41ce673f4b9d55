using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Paths;
using OnionHost.Network.Socks;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Socks;

public sealed class SocksServerTests : IAsyncLifetime
{
    private static readonly byte[] NoAuthentication = [5, 1, 0];
    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedDialer _dialer = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private SocksServer _server = null!;

    private NodeContext Context => new(_clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    public async Task InitializeAsync() => _server = await StartAsync(new SocksOptions());

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _dialer.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task Socks5_connects_and_copies_both_ways()
    {
        using var client = await ConnectAsync(Socks5("echo", 80));
        Assert.Equal(10, (await ReadAsync(client, 10)).Length);
        await SendAsync(client, "hello"u8.ToArray());
        Assert.Equal("hello", Encoding.ASCII.GetString(await ReadAsync(client, 5)));
        Assert.Equal(new StreamTarget("echo", 80, SocksIsolation.Of(IPAddress.Loopback)), _dialer.Dialed.Single());
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
        _dialer.Failure = new StreamException("no", EndReason.ConnectRefused);
        using var other = await ConnectAsync([4, 1, 0, 81, 192, 0, 2, 1, 0]);
        Assert.Equal(new byte[] { 0, 0x5B, 0, 0, 0, 0, 0, 0 }, await ReadToEndAsync(other));
        Assert.Equal(["echo", "192.0.2.1"], _dialer.Dialed.Select(d => d.Host));
        Assert.NotEqual(_dialer.Dialed.First().Isolation, _dialer.Dialed.Last().Isolation);
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
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Empty(await rest);
    }

    [Fact]
    public async Task A_stream_that_breaks_looks_broken()
    {
        using var client = await ConnectAsync(Socks5("sink", 80));
        await ReadAsync(client, 10);
        _dialer.Far.Accepted.Single().Abort(EndReason.ConnReset);
        await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_client_that_resets_breaks_its_stream()
    {
        using var client = await ConnectAsync(Socks5("sink", 80));
        await ReadAsync(client, 10);
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        var far = _dialer.Far.Accepted.Single();
        var closed = new TaskCompletionSource();
        await using var registration = far.Closed.Register(closed.SetResult);
        await closed.Task.WaitAsync(_limit.Token);
    }

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
        _dialer.Failure = new StreamException("refused", reason);
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
        _dialer.Failure = new OnionException(failure, "no");
        using var client = await ConnectAsync(Socks5("label.Example.onion", 80));
        Assert.Equal((byte)failure, (await ReadToEndAsync(client))[1]);
        Assert.Equal("label.example.onion", _dialer.Dialed.Single().Host);
    }

    [Fact]
    public async Task Authentication_isolates()
    {
        byte[][] logins = [Login("a", "b"), Login("a", ""), Login("", "b"), Login("ab", ""), Login("<torS0X>0", "b"), Login("<torS0X>0", "")];
        foreach (var login in logins)
        {
            using var client = await ConnectAsync([5, 2, 0, 2, .. login, .. Request("echo", 80)], read: 2);
            Assert.Equal(new byte[] { 1, 0 }, await ReadAsync(client, 2));
            await ReadAsync(client, 10);
        }

        Assert.Equal(logins.Length, _dialer.Dialed.Select(d => d.Isolation).Distinct().Count());
    }

    [Fact]
    public async Task Unknown_extended_parameters_are_refused()
    {
        foreach (var user in new[] { "<torS0X>", "<torS0X>1", "<torS0X>0x" })
        {
            using var client = await ConnectAsync([5, 1, 2, .. Login(user, "x")], read: 2);
            Assert.Equal(new byte[] { 1, 1 }, await ReadToEndAsync(client));
        }
    }

    [Fact]
    public async Task Authentication_that_was_not_asked_for_is_taken()
    {
        using var client = await ConnectAsync([5, 1, 0, .. Login("u", "p"), .. Request("echo", 80)], read: 2);
        Assert.Equal(new byte[] { 1, 0 }, await ReadAsync(client, 2));
        Assert.Equal(0, (await ReadAsync(client, 10))[1]);
    }

    [Fact]
    public async Task Names_are_resolved_and_addresses_turned_back()
    {
        using var name = await ConnectAsync(Socks5("example.com", 0, command: 0xF0));
        Assert.Equal(new byte[] { 5, 0, 0, 1, 192, 0, 2, 7, 0, 0 }, await ReadToEndAsync(name));
        using var literal = await ConnectAsync([.. NoAuthentication, 5, 0xF0, 0, 1, 192, 0, 2, 9, 0, 0]);
        Assert.Equal(new byte[] { 5, 0, 0, 1, 192, 0, 2, 9, 0, 0 }, await ReadToEndAsync(literal));
        using var old = await ConnectAsync([4, 0xF0, 0, 0, 0, 0, 0, 1, 0, .. "example.com\0"u8]);
        Assert.Equal(new byte[] { 0, 0x5A, 0, 0, 192, 0, 2, 7 }, await ReadToEndAsync(old));

        _dialer.Resolve = _ => new ResolvedMessage([ResolvedAnswer.FromHostName("host.example.com", 60)]);
        using var reverse = await ConnectAsync([.. NoAuthentication, 5, 0xF1, 0, 1, 192, 0, 2, 9, 0, 0]);
        Assert.Equal([5, 0, 0, 3, 16, .. "host.example.com"u8, 0, 0], await ReadToEndAsync(reverse));
        Assert.Equal(["example.com", "example.com", "9.2.0.192.in-addr.arpa"], _dialer.Dialed.Select(d => d.Host));
    }

    [Fact]
    public async Task IPv6_answers_are_for_socks5_only()
    {
        _dialer.Resolve = _ => new ResolvedMessage([ResolvedAnswer.FromAddress(IPAddress.Parse("2001:db8::1"), 60)]);
        using var five = await ConnectAsync(Socks5("example.com", 0, command: 0xF0));
        Assert.Equal(22, (await ReadToEndAsync(five)).Length);
        using var four = await ConnectAsync([4, 0xF0, 0, 0, 0, 0, 0, 1, 0, .. "example.com\0"u8]);
        Assert.Equal(0x5B, (await ReadToEndAsync(four))[1]);
    }

    [Fact]
    public async Task What_does_not_resolve_is_unreachable_and_onion_names_are_not_asked_for()
    {
        _dialer.Resolve = _ => new ResolvedMessage([new ResolvedAnswer(ResolvedType.Error, default, 60)]);
        using var missing = await ConnectAsync(Socks5("nx.example.com", 0, command: 0xF0));
        Assert.Equal(4, (await ReadToEndAsync(missing))[1]);
        using var onion = await ConnectAsync(Socks5("abc.onion", 0, command: 0xF0));
        Assert.Equal(4, (await ReadToEndAsync(onion))[1]);
        Assert.Equal("nx.example.com", _dialer.Dialed.Single().Host);
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
        Assert.Empty(_dialer.Dialed);
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
    public async Task A_client_that_leaves_while_connecting_is_forgotten()
    {
        using (await ConnectAsync(Socks5("never", 80)))
        {
            await UntilAsync(() => !_dialer.Dialed.IsEmpty);
        }

        await UntilAsync(() => _server.ClientCount == 0);
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_dropped()
    {
        using var client = await ConnectAsync([5], read: 0);
        await UntilAsync(() => _server.ClientCount == 1);
        var end = ReadToEndAsync(client);
        while (!end.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
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
            _clock.Advance(TimeSpan.FromSeconds(30));
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
        await using var server = new SocksServer(Context, new IPEndPoint(IPAddress.Any, 0), _dialer);
        Assert.Equal(TorErrorKind.Local, (await Assert.ThrowsAsync<TorException>(() => server.StartAsync(_limit.Token))).Kind);
    }

    [Fact]
    public async Task A_port_in_use_is_said_so()
    {
        await using var server = new SocksServer(Context, _server.EndPoint, _dialer);
        var failure = await Assert.ThrowsAsync<TorException>(() => server.StartAsync(_limit.Token));
        Assert.Contains(_server.EndPoint.Port.ToString(), failure.Message, StringComparison.Ordinal);
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

    private static byte[] Socks5(string host, int port, byte command = 1) => [.. NoAuthentication, .. Request(host, port, command)];

    private static byte[] Request(string host, int port, byte command = 1) =>
        [5, command, 0, 3, (byte)host.Length, .. Encoding.ASCII.GetBytes(host), (byte)(port >> 8), (byte)port];

    private static byte[] Login(string user, string password) =>
        [1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), (byte)password.Length, .. Encoding.ASCII.GetBytes(password)];

    private async Task<SocksServer> StartAsync(SocksOptions options)
    {
        var server = new SocksServer(Context, new IPEndPoint(IPAddress.Loopback, 0), _dialer, options);
        await server.StartAsync(_limit.Token);
        return server;
    }

    /// <summary>Sends the bytes; with a greeting of SOCKS5 first, takes its two bytes of answer.</summary>
    private async Task<Socket> ConnectAsync(byte[] bytes, int? read = null, SocksServer? server = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync((server ?? _server).EndPoint, _limit.Token);
        await SendAsync(socket, bytes);
        await ReadAsync(socket, read ?? (bytes[0] == 5 ? 2 : 0));
        return socket;
    }

    private async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), SocketFlags.None, _limit.Token);
        }
    }

    private async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var chunk = await socket.ReceiveAsync(bytes.AsMemory(read), SocketFlags.None, _limit.Token);
            Assert.NotEqual(0, chunk);
            read += chunk;
        }

        return bytes;
    }

    private async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        var chunk = new byte[65536];
        while (await socket.ReceiveAsync(chunk, SocketFlags.None, _limit.Token) is var count and > 0)
        {
            all.Write(chunk, 0, count);
        }

        return all.ToArray();
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(5, _limit.Token);
        }
    }
}
