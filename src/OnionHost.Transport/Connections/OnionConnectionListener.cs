using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using OnionHost.Transport.Binding;

namespace OnionHost.Transport.Connections;

/// <summary>Hands the connections of one virtual port to Kestrel, which accepts them one after the other and without a token.</summary>
internal sealed class OnionConnectionListener(OnionEndPoint endPoint, IOnionAcceptor acceptor, OnionTransportContext context)
    : IConnectionListener
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _unbound = new();
    private readonly MemoryPool<byte>? _pool = context.CreatePool();
    private int _disposed;
    private int _port;

    /// <summary>The bound endpoint: Kestrel prints it as the address that the server listens on.</summary>
    public EndPoint EndPoint => endPoint;

    /// <summary>
    /// The next connection, or null once the listener is unbound. It never throws: Kestrel would stop accepting for good, while the
    /// process goes on looking alive.
    /// </summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var linked = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(_unbound.Token, cancellationToken)
            : null;
        var stop = linked?.Token ?? _unbound.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var stream = await acceptor.AcceptAsync(stop).AsTask().WaitAsync(stop);
                if (stream is null)
                {
                    return null;
                }

                var connection = new OnionConnectionContext(stream, endPoint, NextVisitorPort(), context, _pool);
                OnionTransportLog.Accepted(context.Logger, connection.ConnectionId);
                return connection;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception fault)
            {
                OnionTransportLog.AcceptFault(context.Logger, fault, endPoint.Service, endPoint.Port);
                await Task.Delay(PauseAfterFault, context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return null;
    }

    /// <summary>Takes no new visitors and lets a pending accept return null; connections that are there go on.</summary>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            acceptor.Unbind();
        }
        catch (Exception fault)
        {
            OnionTransportLog.UnbindFault(context.Logger, fault, endPoint.Service, endPoint.Port);
        }

        return new ValueTask(_unbound.CancelAsync());
    }

    /// <summary>Unbinds, closes what is left, and gives the memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await UnbindAsync();
        await acceptor.DisposeAsync();
        _pool?.Dispose();
    }

    // A remote endpoint needs a port; these count up, so that two connections of one circuit differ in the logs.
    private int NextVisitorPort() => 1 + (int)((uint)Interlocked.Increment(ref _port) % IPEndPoint.MaxPort);
}
