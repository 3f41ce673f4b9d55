using System.Threading.Channels;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Services;

/// <summary>Hands out the connections that come to one virtual port of an onion service.</summary>
public sealed class OnionListener
{
    private readonly Channel<OnionConnection> _waiting;
    private readonly Action<OnionListener>? _unbind;
    private int _unbound;

    /// <summary>Creates a listener; <paramref name="unbind"/> takes it off its service.</summary>
    internal OnionListener(OnionAddress service, int virtualPort, int backlog, Action<OnionListener>? unbind = null)
    {
        Service = service;
        VirtualPort = virtualPort;
        _unbind = unbind;
        _waiting = Channel.CreateBounded<OnionConnection>(new BoundedChannelOptions(backlog) { FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>The service's address.</summary>
    public OnionAddress Service { get; }

    /// <summary>The port that visitors ask for, 1 to 65535.</summary>
    public int VirtualPort { get; }

    /// <summary>Waits for the next connection; null when the listener was unbound or its service is gone.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; no connection is lost.</exception>
    public async ValueTask<OnionConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_waiting.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>Accepts nothing more: waiting and later accepts give null, and connections that nobody took are ended.</summary>
    public void Unbind()
    {
        if (Interlocked.Exchange(ref _unbound, 1) != 0)
        {
            return;
        }

        _unbind?.Invoke(this);
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var connection))
        {
            connection.Abort();
        }
    }

    /// <summary>Queues a connection; false if the queue is full or the listener unbound: the caller ends it.</summary>
    internal bool TryOffer(OnionConnection connection) => _waiting.Writer.TryWrite(connection);
}
