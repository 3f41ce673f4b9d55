using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Services;

/// <summary>All virtual ports of a service.</summary>
internal sealed class PortForwards(ToolSession session, OnionService service, IReadOnlyList<(int Port, ServiceTarget Target)> ports) : IAsyncDisposable
{
    private readonly List<PortForward> _forwards = [.. ports.Select(port => new PortForward(session, service, port.Port, port.Target))];

    /// <summary>Ends all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var forward in _forwards)
        {
            await forward.DisposeAsync();
        }
    }
}
