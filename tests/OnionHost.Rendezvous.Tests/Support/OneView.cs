using OnionHost.Network.Paths;
using OnionHost.Rendezvous.Dialing;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>A directory that only ever gives the same view: that of a visitor who looked it up once.</summary>
internal sealed class OneView(ServiceView view) : IServiceDirectory
{
    public Task<ServiceView> FindAsync(OnionHostName name, IsolationKey isolation, Freshness freshness, CancellationToken cancellationToken) =>
        Task.FromResult(view);

    public Task ReachedAsync(OnionHostName name, IsolationKey isolation, CancellationToken cancellationToken) => Task.CompletedTask;
}
