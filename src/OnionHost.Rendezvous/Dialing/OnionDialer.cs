using OnionHost.Network;
using OnionHost.Network.Circuits;
using OnionHost.Network.Paths;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>
/// Opens streams: to onion services by rendezvous, to everything else through the inner dialer, which never hears of a host
/// that ends in <c>.onion</c>.
/// </summary>
internal sealed class OnionDialer : IStreamDialer, IAsyncDisposable
{
    private readonly IStreamDialer _inner;
    private readonly JoinedCircuits _circuits;

    /// <summary>Wraps the dialer of the outside world.</summary>
    public OnionDialer(NodeContext context, IStreamDialer inner, OnionConnector connector)
    {
        _inner = inner;
        _circuits = new JoinedCircuits(context, connector);
    }

    /// <inheritdoc/>
    public Task<TorStream> DialAsync(StreamTarget target, CancellationToken cancellationToken)
    {
        var isOnion = OnionHostName.IsOnion(target.Host);
        return OnionActivities.ConnectAsync(
            isOnion, () => isOnion ? DialOnionAsync(target, cancellationToken) : _inner.DialAsync(target, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<ResolvedMessage> ResolveAsync(string host, IsolationKey isolation, CancellationToken cancellationToken) =>
        OnionHostName.IsOnion(host)
            ? throw new TorException(TorErrorKind.Local, "An onion address has no IP address that it could be resolved to; connect to it by name.")
            : _inner.ResolveAsync(host, isolation, cancellationToken);

    /// <summary>Closes the circuits to services.</summary>
    public ValueTask DisposeAsync() => _circuits.DisposeAsync();

    private async Task<TorStream> DialOnionAsync(StreamTarget target, CancellationToken cancellationToken)
    {
        var name = OnionHostName.Parse(target.Host);
        try
        {
            var (circuit, isNew) = await _circuits.GetAsync(name, target.Isolation, cancellationToken).ConfigureAwait(false);
            try
            {
                return await circuit.OpenAsync(target.Port, cancellationToken).ConfigureAwait(false);
            }
            catch (CircuitException) when (!isNew)
            {
                // It had died unnoticed, or just now; a service that refuses a port closes it too, so once is enough.
                (circuit, _) = await _circuits.GetAsync(name, target.Isolation, cancellationToken).ConfigureAwait(false);
                return await circuit.OpenAsync(target.Port, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            name.Cookie?.Dispose();
        }
    }
}
