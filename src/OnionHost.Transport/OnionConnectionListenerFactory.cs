using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OnionHost.Transport.Binding;
using OnionHost.Transport.Connections;

namespace OnionHost.Transport;

/// <summary>Listens on <see cref="OnionEndPoint"/> for Kestrel, and leaves every other endpoint to the other transports.</summary>
internal sealed class OnionConnectionListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly IOnionBinder _binder;
    private readonly OnionTransportContext _context;

    public OnionConnectionListenerFactory(
        IOnionBinder binder, ILoggerFactory loggers, TimeProvider time, IMemoryPoolFactory<byte>? pools = null)
    {
        _binder = binder;
        _context = new OnionTransportContext(loggers.CreateLogger("OnionHost.Transport"), time, pools);
    }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is OnionEndPoint;

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint is not OnionEndPoint onion)
        {
            throw new NotSupportedException($"The onion transport listens on {nameof(OnionEndPoint)} only, not on {endpoint.GetType().Name}.");
        }

        var acceptor = await _binder.BindAsync(onion, cancellationToken);
        return new OnionConnectionListener(onion.Resolve(acceptor.Address), acceptor, _context);
    }
}
