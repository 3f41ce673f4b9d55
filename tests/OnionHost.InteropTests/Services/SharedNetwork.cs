using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnionHost.AspNetCore.Authentication;
using OnionHost.AspNetCore.Clients;
using OnionHost.AspNetCore.Configuration;
using OnionHost.AspNetCore.Services;
using OnionHost.Dht.Periods;
using OnionHost.FunctionalTests;
using OnionHost.Network.Directory;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;

namespace OnionHost.InteropTests;

/// <summary>
/// The network that the tests of our clients and services share: stock nodes only, with an ASP.NET Core application of ours that is
/// hosted on two onion services of the network, an open and a restricted one.
/// </summary>
public sealed class SharedNetwork : StockNetwork
{
    private NodeLogs? _logs;
    private WebApplication? _app;
    private string _data = string.Empty;

    /// <summary>Open to everybody.</summary>
    public OnionService Open { get; private set; } = null!;

    /// <summary>For holders of cookies, those of stock clients too.</summary>
    public OnionService Restricted { get; private set; } = null!;

    /// <summary>The client that the services run on.</summary>
    public TorClient Client { get; private set; } = null!;

    /// <summary>Where the services' descriptors were when they were first put up.</summary>
    internal DescriptorSlots FirstSlots { get; private set; }

    protected override StockShape Shape => new() { More = ["--restricted", "1", "--authorized", "0"] };

    /// <summary>Where the descriptors are now.</summary>
    internal DescriptorSlots Slots => DescriptorSlots.Of(Client.Node.Directory.Current!);

    /// <summary>What the restricted service's visitors need: its host name and the key of a client, base32.</summary>
    internal (string HostName, string Key) StockRestricted
    {
        get
        {
            var service = Description.GetProperty("onion_services").EnumerateArray().Single(s => s.GetProperty("restricted").GetBoolean());
            var client = service.GetProperty("authorized_clients").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "foreign");
            return (service.GetProperty("hostname").GetString()!, client.GetProperty("private_base32").GetString()!.ToLowerInvariant());
        }
    }

    protected override async Task OnStartedAsync()
    {
        AssertNoComplaints(isEarly: true);

        // Tests stop relays, and stock nodes count that against their guards.
        Expect("^Guard .* is failing ");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        _logs = new NodeLogs(Folder, "site", TimeProvider.System);
        _data = System.IO.Directory.CreateTempSubdirectory("onionhost-site-").FullName;
        _app = Build();
        await _app.StartAsync(limit.Token);
        var services = _app.Services.GetRequiredService<IOnionServices>();
        Open = await services.GetAsync("open", limit.Token);
        Restricted = await services.GetAsync("restricted", limit.Token);
        Client = await _app.Services.GetRequiredService<ITorClientSource>().GetAsync(limit.Token);
        await Open.WaitUntilReachableAsync(limit.Token);
        await Restricted.WaitUntilReachableAsync(limit.Token);
        FirstSlots = Slots;
    }

    protected override async Task OnStoppingAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
            System.IO.Directory.Delete(_data, recursive: true);
        }

        _logs?.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseOnion(options =>
        {
            options.Network = Path.Combine(Folder, "network.json");
            options.DataDirectory = _data;
            options.ConfigureClient = client => client with { LoggerFactory = _logs! };
            options.Services["open"] = new OnionServiceSettings();
            options.Services["restricted"] = new OnionServiceSettings { RequireCookie = true, AllowDescriptorOnlyCookies = true };
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenOnion("open", 80);
            kestrel.ListenOnion("restricted", 80);
        });
        builder.Services.AddAuthentication(OnionDefaults.AuthenticationScheme).AddOnion();
        var app = builder.Build();
        app.UseAuthentication();
        TestSite.Map(app);
        app.MapGet("/who", (System.Security.Claims.ClaimsPrincipal user) => user.Identity?.Name ?? "somebody");
        return app;
    }
}
