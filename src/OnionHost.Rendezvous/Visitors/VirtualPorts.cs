using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Visitors;

/// <summary>Who listens on a service's virtual ports.</summary>
internal sealed class VirtualPorts(OnionAddress service, int backlog)
{
    private readonly ConcurrentDictionary<int, OnionListener> _listeners = new();

    /// <summary>Begins to listen on a port.</summary>
    /// <exception cref="TorException">Somebody listens there.</exception>
    public OnionListener Listen(int port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        var listener = new OnionListener(service, port, backlog, Remove);
        return _listeners.TryAdd(port, listener)
            ? listener
            : throw new TorException(TorErrorKind.Local, $"Port {port} of onion service {service} is in use: it has a listener. Unbind that one, or take another port.");
    }

    /// <summary>Who listens on a port.</summary>
    public bool TryGet(int port, [MaybeNullWhen(false)] out OnionListener listener) => _listeners.TryGetValue(port, out listener);

    /// <summary>Unbinds all.</summary>
    public void Close()
    {
        foreach (var listener in _listeners.Values)
        {
            listener.Unbind();
        }
    }

    private void Remove(OnionListener listener) => _listeners.TryRemove(new(listener.VirtualPort, listener));
}
