using OnionHost.Network;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Services;

/// <summary>Services and a visitor on a network of method calls, in virtual time.</summary>
public abstract class ServiceScene : IAsyncLifetime
{
    private readonly List<OnionService> _services = [];

    private protected ServiceScene()
    {
        Network = new FakeNetwork(Clock);
        Context = TestNode.Context(Clock);
        Connector = new OnionConnector(Context, Network, Network);
    }

    private protected ManualTimeProvider Clock { get; } = new();

    private protected FakeNetwork Network { get; }

    private protected NodeContext Context { get; }

    private protected OnionConnector Connector { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }
    }

    private protected static OnionHostName Name(OnionService service, OnionCookie? cookie = null) => new(service.Address, cookie);

    private protected static Task ReachableAsync(OnionService service) => service.WaitUntilReachableAsync().WaitAsync(TimeSpan.FromSeconds(90));

    private protected static async Task UntilAsync(Func<bool> condition) => Assert.True(await VirtualTime.HappensAsync(condition), "It did not happen.");

    /// <summary>Has the service disposed at the end.</summary>
    private protected OnionService Own(OnionService service)
    {
        _services.Add(service);
        return service;
    }

    private protected OnionService Start(OnionServiceOptions options)
    {
        var service = Own(OnionService.Open(Context, options, Network.ForService));
        service.Start();
        return service;
    }

    private protected async Task<OnionService> StartReachableAsync(OnionServiceOptions options)
    {
        Network.PublishPeriod(100);
        var service = Start(options);
        await ReachableAsync(service);
        await UntilAsync(() => service.State is OnionServiceState.Reachable && service.Snapshot.DescriptorUploads == 16);
        return service;
    }

    private protected bool Reads(OnionService service, OnionCookie cookie)
    {
        try
        {
            Network.FindAsync(Name(service, cookie), IsolationKey.None, Freshness.Known, CancellationToken.None).GetAwaiter().GetResult();
            return true;
        }
        catch (OnionException)
        {
            return false;
        }
    }

    private protected Task<IJoinedCircuit> VisitAsync(OnionService service, OnionCookie? cookie = null) =>
        Connector.ConnectAsync(Name(service, cookie), IsolationKey.None, false, CancellationToken.None);
}
