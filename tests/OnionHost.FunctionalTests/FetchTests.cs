using System.Net;
using System.Net.Http;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace OnionHost.FunctionalTests;

/// <summary>What a browser and a web application do with each other, over onion and over exit.</summary>
public sealed class FetchTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>
{
    private const int Megabyte = 1_000_000;

    [Theory]
    [InlineData("onion", 1)]
    [InlineData("onion", 60)]
    [InlineData("exit", 1)]
    [InlineData("exit", 60)]
    public async Task A_download_arrives_whole(string way, int megabytes)
    {
        var uri = new Uri(way == "onion" ? fixture.Site.Onion : fixture.Site.Clear, $"bytes/{megabytes * Megabyte}");

        await using var body = await fixture.Http.GetStreamAsync(uri, fixture.Limit);

        Assert.Equal(TestSite.HashOf(megabytes * Megabyte), await SHA256.HashDataAsync(body, fixture.Limit));
    }

    [Fact]
    public async Task Two_hundred_streams_are_open_at_once()
    {
        // Each request is answered only when all of them have come.
        var uri = new Uri(fixture.Site.Onion, "gate/200");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => fixture.Http.GetStringAsync(uri, fixture.Limit)));

        Assert.All(answers, answer => Assert.Equal("200", answer));
    }

    [Theory]
    [InlineData("onion")]
    [InlineData("exit")]
    public async Task A_hundred_megabytes_can_be_posted(string way)
    {
        const int Size = 100 * Megabyte;
        var uri = new Uri(way == "onion" ? fixture.Site.Onion : fixture.Site.Clear, "upload");

        using var content = new PatternContent(Size);
        using var answer = await fixture.Http.PostAsync(uri, content, fixture.Limit);

        Assert.Equal(Convert.ToHexString(TestSite.HashOf(Size)), await answer.Content.ReadAsStringAsync(fixture.Limit));
    }

    [Fact]
    public async Task A_WebSocket_echoes()
    {
        using var socket = new ClientWebSocket();
        socket.Options.Proxy = new WebProxy($"socks5://{fixture.Visitor.SocksEndPoint}");
        await socket.ConnectAsync(new Uri($"ws://{fixture.Site.Service.Address}/echo"), fixture.Limit);
        var buffer = new byte[70_000];
        foreach (var size in new[] { 1, 498, 499, 16_384, 65_000 })
        {
            var sent = RandomNumberGenerator.GetBytes(size);
            await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, fixture.Limit);
            var count = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(count), fixture.Limit);
                count += received.Count;
            }
            while (!received.EndOfMessage);

            Assert.Equal(sent, buffer.AsSpan(0, count).ToArray());
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, fixture.Limit);
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task HTTP_2_works_on_a_port_of_its_own()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{fixture.Site.Service.Address}:8080/bytes/{Megabyte}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await fixture.Http.SendAsync(request, fixture.Limit);

        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Equal(TestSite.HashOf(Megabyte), SHA256.HashData(await answer.Content.ReadAsByteArrayAsync(fixture.Limit)));
    }

    [Fact]
    public async Task A_label_before_the_address_reaches_the_same_service()
    {
        Assert.Equal("hello from an onion", await fixture.Http.GetStringAsync($"http://www.{fixture.Site.Service.Address}/", fixture.Limit));
    }

    [Fact]
    public async Task A_name_is_resolved_at_the_exit()
    {
        Assert.Equal("hello from an onion", await fixture.Http.GetStringAsync($"http://site.localhost:{fixture.Site.Clear.Port}/", fixture.Limit));
    }

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.onion", 0xF6)]
    [InlineData("short.onion", 0xF6)]
    [InlineData("192.0.2.1", 0x02)]
    public async Task A_destination_that_cannot_be_reached_has_its_own_code(string host, byte code)
    {
        Assert.Equal(code, await SocksProbe.ConnectAsync(fixture.Visitor.SocksEndPoint!, host, 80, fixture.Limit));
    }

    [Fact]
    public async Task An_address_without_a_descriptor_is_not_found()
    {
        using var key = OnionHost.Protocol.Cryptography.Ed25519KeyPair.Generate(OnionHost.Protocol.Cryptography.SystemRandomSource.Instance);
        var address = new OnionHost.Protocol.Identities.OnionAddress(key.Public);

        Assert.Equal(0xF0, await SocksProbe.ConnectAsync(fixture.Visitor.SocksEndPoint!, address.ToString(), 80, fixture.Limit));
    }
}
