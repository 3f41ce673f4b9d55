using System.Net;
using System.Net.Http;
using OnionHost.LocalNetwork;
using OnionHost.Rendezvous;

namespace OnionHost.FunctionalTests;

/// <summary>An embedded network with the test site on it, and a visitor with a SOCKS port.</summary>
public sealed class NetworkFixture : IAsyncLifetime, IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("onionhost-functional-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(9));

    /// <summary>The network.</summary>
    public PrivateNetwork Network { get; private set; } = null!;

    /// <summary>A client that hosts nothing.</summary>
    public TorClient Visitor { get; private set; } = null!;

    /// <summary>Requests through the visitor's SOCKS port.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Cancelled when the tests on this network have taken too long.</summary>
    public CancellationToken Limit => _limit.Token;

    internal HostedSite Site { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Network = await PrivateNetwork.StartAsync(new PrivateNetworkOptions(), Limit);
        Site = await HostedSite.StartAsync(Network, _data, Limit);
        Visitor = new TorClient(Network.CreateClientOptions() with { SocksEndPoint = new IPEndPoint(IPAddress.Loopback, 0) });
        await Visitor.StartAsync(Limit);
        await Visitor.WaitUntilReadyAsync(Limit);
        Http = CreateHttp(Visitor);
    }

    /// <summary>Requests through a client's SOCKS port; names are resolved behind it.</summary>
    public static HttpClient CreateHttp(TorClient client, NetworkCredential? isolation = null) => new(new SocketsHttpHandler
    {
        Proxy = new WebProxy($"socks5://{client.SocksEndPoint}") { Credentials = isolation },
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
    })
    {
        Timeout = TimeSpan.FromMinutes(2),
    };

    public async Task DisposeAsync()
    {
        Http?.Dispose();
        if (Visitor is not null)
        {
            await Visitor.DisposeAsync();
        }

        if (Site is not null)
        {
            await Site.DisposeAsync();
        }

        if (Network is not null)
        {
            await Network.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
