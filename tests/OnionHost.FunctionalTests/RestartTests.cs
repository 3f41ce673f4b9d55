using System.Net;
using OnionHost.LocalNetwork;
using OnionHost.Protocol;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;

namespace OnionHost.FunctionalTests;

/// <summary>What survives a restart.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("onionhost-restart-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(3));

    [Fact]
    public async Task Address_and_cookies_survive_and_a_second_process_is_kept_out()
    {
        await using var network = await PrivateNetwork.StartAsync(new PrivateNetworkOptions(), _limit.Token);
        await using var visitor = new TorClient(network.CreateClientOptions());
        await visitor.StartAsync(_limit.Token);
        string address, cookie;
        await using (var first = await HostedSite.StartAsync(network, _data, _limit.Token, settings => settings.RequireCookie = true))
        {
            address = first.Service.Address.ToString();
            using var issued = first.Service.Cookies.Issue("dora");
            cookie = issued.HostName(first.Service.Address);

            var options = new OnionServiceOptions { KeyDirectory = first.Service.Options.KeyDirectory };
            var fault = await Assert.ThrowsAsync<TorException>(() => visitor.AddServiceAsync(options, _limit.Token));
            Assert.Equal(TorErrorKind.Local, fault.Kind);
        }

        await using var second = await HostedSite.StartAsync(network, _data, _limit.Token, settings => settings.RequireCookie = true);

        Assert.Equal(address, second.Service.Address.ToString());
        Assert.Equal(["dora"], second.Service.Cookies.List().Select(info => info.Name));
        await GetAsync(visitor, cookie);
    }

    [Fact]
    public async Task A_visitor_finds_a_service_that_starts_again_and_again()
    {
        // More often than there are directories that a visitor can ask.
        const int Starts = 10;
        await using var network = await PrivateNetwork.StartAsync(new PrivateNetworkOptions(), _limit.Token);
        await using var visitor = new TorClient(network.CreateClientOptions());
        for (var start = 0; start < Starts; start++)
        {
            await using var site = await HostedSite.StartAsync(network, _data, _limit.Token);
            await GetAsync(visitor, site.Service.Address.ToString());
        }
    }

    [Fact]
    public async Task A_port_in_use_is_told()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var client = new TorClient(new TorClientOptions
        {
            Authorities = [OnionHost.Network.DirectoryAuthority.Parse($"a orport=1 v3ident={new string('A', 40)} 127.0.0.1:1 {new string('B', 40)}")],
            AllowPrivateAddresses = true,
            SocksEndPoint = (IPEndPoint)taken.LocalEndpoint,
        });

        var fault = await Assert.ThrowsAsync<TorException>(() => client.StartAsync(_limit.Token));

        Assert.Equal(TorErrorKind.Local, fault.Kind);
        Assert.Contains("port", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private async Task GetAsync(TorClient visitor, string host)
    {
        await using var stream = await visitor.ConnectAsync(host, 80, null, _limit.Token);
        await stream.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), _limit.Token);
        using var reader = new StreamReader(stream);
        Assert.Contains("200 OK", await reader.ReadLineAsync(_limit.Token), StringComparison.Ordinal);
    }
}
