using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Configuration;
using OnionHost.LocalNetwork;
using OnionHost.Network.Networks;
using OnionHost.Rendezvous;

namespace OnionHost.AspNetCore.Clients;

/// <summary>
/// Makes the client for the network that the options name, and the embedded network under it where that is wanted. Nothing of it
/// begins before somebody asks: a test host that never binds an endpoint stays offline.
/// </summary>
internal sealed class TorClientSource(
    IOptions<OnionOptions> options, IHostEnvironment environment, ILoggerFactory loggers, TimeProvider time) : ITorClientSource, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task<TorClient>? _start;
    private PrivateNetwork? _network;
    private bool _disposed;

    public async ValueTask<TorClient> GetAsync(CancellationToken cancellationToken = default)
    {
        Task<TorClient> start;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_start is null || _start.IsFaulted || _start.IsCanceled)
            {
                _start = Task.Run(() => StartAsync(_stop.Token));
            }

            start = _start;
        }

        return await start.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Task<TorClient>? start;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            start = _start;
        }

        await _stop.CancelAsync();
        if (start is not null)
        {
            await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (start.IsCompletedSuccessfully)
            {
                await start.Result.DisposeAsync();
            }
        }

        if (_network is not null)
        {
            await _network.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task<TorClient> StartAsync(CancellationToken cancellationToken)
    {
        var wanted = await ClientOptionsAsync(cancellationToken);
        if (options.Value.SocksPort is { } port)
        {
            wanted = wanted with { SocksEndPoint = new IPEndPoint(IPAddress.Loopback, port) };
        }

        wanted = options.Value.ConfigureClient?.Invoke(wanted) ?? wanted;
        var client = new TorClient(wanted);
        try
        {
            await client.StartAsync(cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private async Task<TorClientOptions> ClientOptionsAsync(CancellationToken cancellationToken)
    {
        if (OnionNetworkChoice.IsLocal(options.Value, environment))
        {
            // Its authorities are new at every start, so the client's documents and guards would be worth nothing next time.
            return (await NetworkAsync(cancellationToken)).CreateClientOptions();
        }

        var authorities = NetworkDescription.Read(OnionPaths.Full(options.Value.Network!, environment)).Authorities;
        var isPrivate = OnionNetworkChoice.IsPrivate(options.Value, authorities);
        return new TorClientOptions
        {
            Authorities = authorities,
            DataDirectory = Path.Combine(OnionPaths.Data(options.Value, environment), "client"),
            EnforceDistinctSubnets = !isPrivate,
            AllowPrivateAddresses = isPrivate,
            TimeProvider = time,
            LoggerFactory = loggers,
        };
    }

    private async Task<PrivateNetwork> NetworkAsync(CancellationToken cancellationToken)
    {
        if (_network is null)
        {
            var wanted = new PrivateNetworkOptions { TimeProvider = time, LoggerFactory = loggers };
            _network = await PrivateNetwork.StartAsync(options.Value.ConfigureLocalNetwork?.Invoke(wanted) ?? wanted, cancellationToken);
        }

        return _network;
    }
}
