using Microsoft.Extensions.Logging;
using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Ring;
using OnionHost.Network;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Fetching;

/// <summary>
/// Finds onion services' descriptors (rend-spec-v3 2.2.3; client procedure): from the cache, or from the responsible directories one after
/// the other in random order, each over an anonymous circuit of its own. Concurrent fetches of the same descriptor share one search.
/// </summary>
internal sealed class DescriptorFetcher : IAsyncDisposable
{
    /// <summary>A service uploads to all its directories at once: if two of them have nothing newer, there is nothing, for now.</summary>
    private const int EnoughAnswers = 2;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(30);

    private readonly NodeContext _context;
    private readonly Func<CancellationToken, Task<DescriptorMap>> _map;
    private readonly IHsDirTransport _transport;
    private readonly ILogger _logger;
    private readonly DescriptorCache _cache = new();
    private readonly AskedDirectories _asked = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<FetchKey, Task<FetchedDescriptor?>> _searches = [];
    private readonly CancellationTokenSource _stop = new();

    /// <param name="context">Time, randomness, logs.</param>
    /// <param name="map">The map of the present consensus; waits until there is one.</param>
    /// <param name="transport">The way to the directories.</param>
    public DescriptorFetcher(NodeContext context, Func<CancellationToken, Task<DescriptorMap>> map, IHsDirTransport transport)
    {
        _context = context;
        _map = map;
        _transport = transport;
        _logger = context.Loggers.CreateLogger<DescriptorFetcher>();
    }

    /// <summary>The service's descriptor.</summary>
    /// <param name="address">The service.</param>
    /// <param name="clientKey">The authorization key; null without. Not kept after the call.</param>
    /// <param name="isolation">For whom.</param>
    /// <param name="cancellationToken">Stops waiting; a search that others wait for goes on.</param>
    /// <exception cref="OnionException">No directory has it, or it is malformed, or it needs (another) authorization.</exception>
    public async Task<FetchedDescriptor> FetchAsync(
        OnionAddress address, X25519KeyPair? clientKey, IsolationKey isolation, CancellationToken cancellationToken)
    {
        var map = await _map(cancellationToken);
        var wanted = Wanted.From(address, clientKey, isolation, map);
        return _cache.Find(wanted.Key, _context.Now)
            ?? await SearchAsync(wanted, clientKey, cancellationToken)
            ?? throw new OnionException(OnionFailure.DescriptorNotFound, "No directory has a descriptor for the onion address: the service is offline, or has never been online under it.");
    }

    /// <summary>
    /// A newer descriptor than one that did not help, because its introduction points are gone. Null if nothing newer can be learnt now.
    /// </summary>
    /// <param name="stale">The one that did not help.</param>
    /// <param name="address">The service.</param>
    /// <param name="clientKey">The authorization key; null without. Not kept after the call.</param>
    /// <param name="isolation">For whom.</param>
    /// <param name="again">
    /// False if directories that were asked within the last 15 minutes are not asked again; true to ask any of them, until two
    /// have nothing newer.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; a search that others wait for goes on.</param>
    /// <exception cref="OnionException">What was found is malformed or needs another authorization.</exception>
    public async Task<FetchedDescriptor?> RefetchAsync(
        FetchedDescriptor stale, OnionAddress address, X25519KeyPair? clientKey, IsolationKey isolation, bool again, CancellationToken cancellationToken)
    {
        var map = await _map(cancellationToken);
        var wanted = Wanted.From(address, clientKey, isolation, map);
        if (_cache.Find(wanted.Key, _context.Now) is { } present && (present.Key != stale.Key || present.Revision > stale.Revision))
        {
            return present;
        }

        return await SearchAsync(wanted with { Known = stale, Again = again }, clientKey, cancellationToken);
    }

    /// <summary>
    /// The service was reached with what was found. Should it be gone later, all directories may be asked at once for something newer:
    /// a service that starts again has new introduction points.
    /// </summary>
    public async Task ReachedAsync(OnionAddress address, X25519KeyPair? clientKey, IsolationKey isolation, CancellationToken cancellationToken) =>
        _asked.Forget(Wanted.From(address, clientKey, isolation, await _map(cancellationToken)).Key);

    /// <summary>Ends all searches.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] searches;
        lock (_lock)
        {
            searches = [.. _searches.Values];
        }

        await Task.WhenAll(searches).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task<FetchedDescriptor?> SearchAsync(Wanted wanted, X25519KeyPair? clientKey, CancellationToken cancellationToken)
    {
        Task<FetchedDescriptor?>? search;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (!_searches.TryGetValue(wanted.Key, out search))
            {
                search = Task.Run(() => RunAsync(wanted, Copy(clientKey)), CancellationToken.None);
                _searches.Add(wanted.Key, search);
            }
        }

        return await search.WaitAsync(cancellationToken);
    }

    private async Task<FetchedDescriptor?> RunAsync(Wanted wanted, X25519KeyPair? clientKey)
    {
        try
        {
            return await AskAllAsync(wanted, clientKey);
        }
        finally
        {
            clientKey?.Dispose();
            lock (_lock)
            {
                _searches.Remove(wanted.Key);
            }
        }
    }

    private async Task<FetchedDescriptor?> AskAllAsync(Wanted wanted, X25519KeyPair? clientKey)
    {
        HsDir[] directories = [.. wanted.Map.ForFetch(wanted.Key.Descriptor)];
        _context.Random.Shuffle<HsDir>(directories);
        OnionException? fault = null;
        var unhelpful = 0;
        foreach (var directory in directories)
        {
            // Who has nothing asks everyone, whoever was asked in vain while there was something.
            var isRecent = !_asked.TryAsk(wanted.Key, directory.Identity, _context.Now, wanted.Map.RetryInterval);
            if (isRecent && wanted is { Known: not null, Again: false })
            {
                continue;
            }

            try
            {
                var found = await AskAsync(wanted, directory, clientKey);
                if (found is not null && wanted.IsNew(found))
                {
                    return _cache.Add(wanted.Key, found, _context.Now);
                }

                if (found is not null && wanted.Again && ++unhelpful == EnoughAnswers)
                {
                    return null;
                }
            }
            catch (OnionException e)
            {
                // Another directory may hold a newer descriptor, one that admits us.
                fault = fault is null || fault.Failure == OnionFailure.DescriptorInvalid ? e : fault;
            }
        }

        if (wanted.Known is null)
        {
            _asked.Forget(wanted.Key);
        }

        return fault is null ? null : throw fault;
    }

    private async Task<FetchedDescriptor?> AskAsync(Wanted wanted, HsDir directory, X25519KeyPair? clientKey)
    {
        using var limit = new CancellationTokenSource(AnswerTime, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            var answer = await _transport.GetAsync(directory, $"/tor/hs/3/{wanted.Key.Descriptor}", either.Token);
            if (!answer.IsOk)
            {
                DhtLog.FetchMissed(_logger, answer.Reason);
                return null;
            }

            return DescriptorDecoder.Decode(answer.Body, wanted.Address, wanted.Map.Slots.ForClients.Period, clientKey, _context.Now);
        }
        catch (Exception e) when (e is TorException and not OnionException or IOException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            DhtLog.FetchMissed(_logger, e.Message);
            return null;
        }
    }

    /// <summary>The caller's key may be disposed while others still wait for the search.</summary>
    private static X25519KeyPair? Copy(X25519KeyPair? key)
    {
        if (key is null)
        {
            return null;
        }

        Span<byte> secret = stackalloc byte[X25519KeyPair.Size];
        key.CopySecretTo(secret);
        var copy = X25519KeyPair.FromSecret(secret);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(secret);
        return copy;
    }

    private readonly record struct Wanted(FetchKey Key, OnionAddress Address, DescriptorMap Map)
    {
        /// <summary>What is no help; null if there is nothing.</summary>
        public FetchedDescriptor? Known { get; init; }

        /// <summary>True to ask directories again that were asked of late.</summary>
        public bool Again { get; init; }

        public bool IsNew(FetchedDescriptor found) => Known is null || found.Key != Known.Key || found.Revision > Known.Revision;

        public static Wanted From(OnionAddress address, X25519KeyPair? clientKey, IsolationKey isolation, DescriptorMap map)
        {
            try
            {
                var blinded = KeyBlinding.BlindPublic(address.Identity, map.Slots.ForClients.Period);
                return new Wanted(new FetchKey(blinded, clientKey?.Public ?? default, isolation), address, map);
            }
            catch (ProtocolException e)
            {
                throw new OnionException(OnionFailure.BadAddress, "The onion address does not hold a valid key.", e);
            }
        }
    }
}
