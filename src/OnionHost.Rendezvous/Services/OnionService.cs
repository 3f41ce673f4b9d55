using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;

namespace OnionHost.Rendezvous.Services;

/// <summary>An onion service that runs (rend-spec-v3). <see cref="TorClient.AddServiceAsync"/> makes one.</summary>
public sealed class OnionService : IAsyncDisposable
{
    internal OnionService(OnionServiceOptions options, OnionAddress address, CookieRegistry cookies)
    {
        Options = options;
        Address = address;
        Cookies = cookies;
    }

    /// <summary>The address that visitors open.</summary>
    public OnionAddress Address { get; }

    /// <summary>The options it runs with.</summary>
    public OnionServiceOptions Options { get; }

    /// <summary>Its authorization cookies.</summary>
    public CookieRegistry Cookies { get; }

    /// <summary>How far it is.</summary>
    public OnionServiceState State => Snapshot.State;

    /// <summary>What it looks like now.</summary>
    public OnionServiceSnapshot Snapshot { get; } = new(OnionServiceState.Bootstrapping, 0, 0, 0, 0, null, 0, null);

    /// <summary>The state or another part of the snapshot changed.</summary>
    public event Action<OnionServiceSnapshot>? Changed;

    /// <summary>Takes the streams that visitors open to a port; each port has one listener at a time.</summary>
    /// <param name="virtualPort">The port that visitors ask for, 1 to 65535.</param>
    /// <exception cref="Protocol.TorException">The port has a listener, or the service is stopped.</exception>
    public OnionListener Listen(int virtualPort)
    {
        Changed?.Invoke(Snapshot);
        return new OnionListener(Address, virtualPort, Options.Backlog);
    }

    /// <summary>Waits until visitors find it.</summary>
    public Task WaitUntilReachableAsync(CancellationToken cancellationToken = default) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    /// <summary>Lets no new visitor in: closes the introduction circuits. Joined circuits and their streams go on.</summary>
    public Task StopIntroductionsAsync() => Task.CompletedTask;

    /// <summary>Ends it: introduction points and visitors' circuits are closed.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
