using System.Net;
using System.Net.Http;
using System.Net.WebSockets;
using OnionHost.Protocol;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;

namespace OnionHost.FunctionalTests;

/// <summary>A restricted service: cookies valid, missing, wrong and revoked.</summary>
public sealed class CookieTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>, IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("onionhost-cookies-").FullName;
    private HostedSite _site = null!;

    private IPEndPoint Socks => fixture.Visitor.SocksEndPoint!;

    public async Task InitializeAsync() =>
        _site = await HostedSite.StartAsync(fixture.Network, _data, fixture.Limit, settings => settings.RequireCookie = true);

    public async Task DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Only_who_holds_a_valid_cookie_comes_in()
    {
        using var alice = _site.Service.Cookies.Issue("alice");
        var stranger = _site.Service.Address.ToString();
        var wrong = OnionHost.Rendezvous.Cookies.OnionCookie.Generate(OnionHost.Protocol.Cryptography.SystemRandomSource.Instance);
        await PublishedAsync();

        Assert.Equal("hello from an onion", await fixture.Http.GetStringAsync($"http://{alice.HostName(_site.Service.Address)}/", fixture.Limit));
        var joined = _site.Service.Snapshot.Rendezvous;
        Assert.Equal((byte)OnionFailure.MissingAuthorization, await SocksProbe.ConnectAsync(Socks, stranger, 80, fixture.Limit));
        Assert.Equal((byte)OnionFailure.WrongAuthorization, await SocksProbe.ConnectAsync(Socks, wrong.HostName(_site.Service.Address), 80, fixture.Limit));

        // The service built a circuit for nobody else.
        Assert.Equal(joined, _site.Service.Snapshot.Rendezvous);
    }

    [Fact]
    public async Task Revoking_closes_that_visitor_s_circuits_and_nobody_else_s()
    {
        using var bob = _site.Service.Cookies.Issue("bob");
        using var carol = _site.Service.Cookies.Issue("carol");
        await PublishedAsync();
        using var bobs = await ConnectAsync(bob.HostName(_site.Service.Address));
        using var carols = await ConnectAsync(carol.HostName(_site.Service.Address));

        Assert.True(_site.Service.Cookies.Revoke("bob"));

        await Assert.ThrowsAnyAsync<WebSocketException>(() => EchoAsync(bobs));
        await EchoAsync(carols);
        await PublishedAsync();
        await using var fresh = new TorClient(fixture.Network.CreateClientOptions() with { SocksEndPoint = new IPEndPoint(IPAddress.Loopback, 0) });
        await fresh.StartAsync(fixture.Limit);
        await fresh.WaitUntilReadyAsync(fixture.Limit);
        Assert.Equal(
            (byte)OnionFailure.WrongAuthorization,
            await SocksProbe.ConnectAsync(fresh.SocksEndPoint!, bob.HostName(_site.Service.Address), 80, fixture.Limit));
        await EchoAsync(carols);
    }

    private static async Task<bool> IsPublishedAsync(OnionService service, DateTimeOffset since, CancellationToken stop)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged(OnionServiceSnapshot snapshot)
        {
            if (IsDone(snapshot))
            {
                changed.TrySetResult();
            }
        }

        bool IsDone(OnionServiceSnapshot snapshot) => snapshot.LastPublished > since && snapshot.DescriptorUploads == snapshot.DescriptorDirectories && snapshot.DescriptorUploads > 0;
        service.Changed += OnChanged;
        OnChanged(service.Snapshot);
        await changed.Task.WaitAsync(stop);
        service.Changed -= OnChanged;
        return true;
    }

    private Task PublishedAsync() => IsPublishedAsync(_site.Service, fixture.Network.Options.TimeProvider.GetUtcNow(), fixture.Limit);

    private async Task<ClientWebSocket> ConnectAsync(string host)
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = new WebProxy($"socks5://{Socks}");
        await socket.ConnectAsync(new Uri($"ws://{host}/echo"), fixture.Limit);
        await EchoAsync(socket);
        return socket;
    }

    private async Task EchoAsync(ClientWebSocket socket)
    {
        await socket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, fixture.Limit);
        var buffer = new byte[16];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), fixture.Limit);
        Assert.Equal(4, received.Count);
    }
}
