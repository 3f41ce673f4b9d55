using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Fetching;
using OnionHost.Dht.Publishing;
using OnionHost.Dht.Ring;
using OnionHost.Dht.Tests.Descriptors;
using OnionHost.Network.Directory;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Tests.Fetching;

public sealed class DescriptorFetcherTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Samples _samples = new();
    private readonly HsDirNetwork _network;
    private readonly DescriptorFetcher _fetcher;
    private readonly DescriptorKeys _keys;

    public DescriptorFetcherTests()
    {
        _network = new HsDirNetwork(_samples);
        _keys = _samples.Keys();
        _fetcher = new DescriptorFetcher(_samples.Context, _ => Task.FromResult(_network.Map), _network);
    }

    public async ValueTask DisposeAsync()
    {
        await _fetcher.DisposeAsync();
        _keys.Dispose();
    }

    [Fact]
    public async Task APublishedDescriptorIsFoundAndKept()
    {
        await PublishAsync(1);
        var found = await FetchAsync();
        Assert.Equal(_keys.Key, found.Key);
        Assert.Single(_network.Asked);
        Assert.Same(found, await FetchAsync());
        Assert.Single(_network.Asked);

        _samples.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(OnionFailure.DescriptorNotFound, (await Assert.ThrowsAsync<OnionException>(() => FetchAsync())).Failure);
    }

    [Fact]
    public async Task EveryResponsibleDirectoryIsAskedOnce()
    {
        var fault = await Assert.ThrowsAsync<OnionException>(() => FetchAsync());
        Assert.Equal(OnionFailure.DescriptorNotFound, fault.Failure);
        Assert.Equal(6, _network.Asked.Count);
        Assert.Equal(_network.Map.ForFetch(_keys.Key).Order(ByIdentity), _network.Asked.Order(ByIdentity));

        // The next user who wants it may ask at once.
        await PublishAsync(1);
        Assert.NotNull(await FetchAsync());
    }

    [Fact]
    public async Task FailuresOfCircuitsAreSurvived()
    {
        await PublishAsync(1);
        var failed = 0;
        _network.Instead = d => Interlocked.Increment(ref failed) <= 2 ? HsDirNetwork.Fail(d) : Task.FromResult<DirectoryResponse?>(null);
        Assert.NotNull(await FetchAsync());
        Assert.Equal(3, _network.Asked.Count);
    }

    [Fact]
    public async Task AnInvalidDescriptorIsSkippedAndReportedIfThereIsNoOther()
    {
        _network.Instead = _ => Task.FromResult<DirectoryResponse?>(DirectoryResponse.Ok("hs-descriptor 3\n"));
        Assert.Equal(OnionFailure.DescriptorInvalid, (await Assert.ThrowsAsync<OnionException>(() => FetchAsync())).Failure);
        await PublishAsync(1, normal: true);
        var bad = 0;
        _network.Instead = _ => Task.FromResult(Interlocked.Increment(ref bad) == 1 ? DirectoryResponse.Ok("no") : null);
        Assert.NotNull(await FetchAsync());
    }

    [Fact]
    public async Task AWronglySignedDescriptorIsRefused()
    {
        var forged = _samples.SignedByStranger(_samples.Encode(Samples.Content(), _keys));
        _network.Instead = _ => Task.FromResult<DirectoryResponse?>(DirectoryResponse.Ok(forged));
        Assert.Equal(OnionFailure.DescriptorInvalid, (await Assert.ThrowsAsync<OnionException>(() => FetchAsync())).Failure);

        // Right by itself, but of another service.
        using var others = new Samples().Keys();
        var other = _samples.Encode(Samples.Content(), others);
        _network.Instead = _ => Task.FromResult<DirectoryResponse?>(DirectoryResponse.Ok(other));
        Assert.Equal(OnionFailure.DescriptorInvalid, (await Assert.ThrowsAsync<OnionException>(() => FetchAsync())).Failure);
    }

    [Fact]
    public async Task AuthorizationIsUsedAndItsLackIsReported()
    {
        using var client = X25519KeyPair.Generate(SystemRandomSource.Instance);
        using var stranger = X25519KeyPair.Generate(SystemRandomSource.Instance);
        await PublishAsync(1, clients: client.Public);
        Assert.NotNull(await FetchAsync(client));
        Assert.Equal(OnionFailure.MissingAuthorization, (await Assert.ThrowsAsync<OnionException>(() => FetchAsync())).Failure);
        Assert.Equal(OnionFailure.WrongAuthorization, (await Assert.ThrowsAsync<OnionException>(() => FetchAsync(stranger))).Failure);
    }

    [Fact]
    public async Task ConcurrentFetchesShareOneSearch()
    {
        await PublishAsync(1);
        var gate = new TaskCompletionSource<DirectoryResponse?>();
        _network.Instead = _ => gate.Task;
        var fetches = Enumerable.Range(0, 10).Select(_ => FetchAsync()).ToArray();
        gate.SetResult(null);
        var found = await Task.WhenAll(fetches);
        Assert.Single(found.Distinct());
        Assert.Single(_network.Asked);
    }

    [Fact]
    public async Task IsolatedUsersShareNothing()
    {
        await PublishAsync(1);
        await FetchAsync();
        await FetchAsync(isolation: new IsolationKey("other"));
        Assert.Equal(2, _network.Asked.Count);
    }

    [Fact]
    public async Task OneWaiterThatLeavesDoesNotEndTheSearch()
    {
        await PublishAsync(1);
        var gate = new TaskCompletionSource<DirectoryResponse?>();
        _network.Instead = _ => gate.Task;
        using var leaving = new CancellationTokenSource();
        var first = _fetcher.FetchAsync(_samples.Address, null, IsolationKey.None, leaving.Token);
        var second = FetchAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult(null);
        Assert.NotNull(await second);
    }

    [Fact]
    public async Task ARefetchAsksOnlyDirectoriesNotAskedOfLate()
    {
        await PublishAsync(1);
        var stale = await FetchAsync();
        Assert.Null(await RefetchAsync(stale));
        Assert.Equal(6, _network.Asked.Count);
        Assert.Null(await RefetchAsync(stale));
        Assert.Equal(6, _network.Asked.Count);

        await PublishAsync(2, normal: true);
        Assert.Null(await RefetchAsync(stale));
        _samples.Clock.Advance(TimeSpan.FromMinutes(15));
        var fresh = await RefetchAsync(stale);
        Assert.Equal(2UL, fresh!.Revision);
        Assert.Same(fresh, await FetchAsync());
        Assert.Same(fresh, await RefetchAsync(stale));
    }

    [Fact]
    public async Task ARefetchAtOnceAsksAnyDirectoriesUntilTwoKnowNothingNewer()
    {
        await PublishAsync(1);
        var stale = await FetchAsync();
        Assert.Null(await RefetchAsync(stale));
        Assert.Null(await RefetchAsync(stale, again: true));
        Assert.Equal(8, _network.Asked.Count);

        await PublishAsync(2, normal: true);
        Assert.Equal(2UL, (await RefetchAsync(stale, again: true))!.Revision);
    }

    [Fact]
    public async Task WhoHasNothingAsksEveryDirectoryWhateverWasAskedBefore()
    {
        // What the first refetch was about is another period's descriptor: this period's is nowhere yet.
        var stale = (await FetchPublishedAsync(1)) with { Key = default };
        _samples.Clock.Advance(TimeSpan.FromHours(3));
        _network.Instead = _ => Task.FromResult<DirectoryResponse?>(DirectoryResponse.NotFound());
        Assert.Null(await RefetchAsync(stale));
        await PublishAsync(2, normal: true);
        Assert.Equal(2UL, (await FetchAsync()).Revision);
    }

    [Fact]
    public async Task WhoHasReachedAServiceMayAskEveryDirectoryAgainWhenItIsGone()
    {
        await PublishAsync(1);
        var stale = await FetchAsync();
        for (var revision = 2UL; revision < 20; revision++)
        {
            await _fetcher.ReachedAsync(_samples.Address, null, IsolationKey.None, CancellationToken.None);
            await PublishAsync(revision);
            stale = await RefetchAsync(stale);
            Assert.Equal(revision, stale!.Revision);
        }
    }

    [Fact]
    public async Task AnAddressWithoutAValidKeyIsABadAddress()
    {
        var address = new OnionAddress(default);
        var fault = await Assert.ThrowsAsync<OnionException>(() => _fetcher.FetchAsync(address, null, IsolationKey.None, CancellationToken.None));
        Assert.Equal(OnionFailure.BadAddress, fault.Failure);
    }

    private static Comparer<HsDir> ByIdentity => Comparer<HsDir>.Create((a, b) => a.Identity.CompareTo(b.Identity));

    private Task<FetchedDescriptor> FetchAsync(X25519KeyPair? client = null, IsolationKey? isolation = null) =>
        _fetcher.FetchAsync(_samples.Address, client, isolation ?? IsolationKey.None, CancellationToken.None).WaitAsync(Limit);

    private async Task<FetchedDescriptor> FetchPublishedAsync(ulong revision)
    {
        await PublishAsync(revision);
        return await FetchAsync();
    }

    private Task<FetchedDescriptor?> RefetchAsync(FetchedDescriptor stale, bool again = false) =>
        _fetcher.RefetchAsync(stale, _samples.Address, null, IsolationKey.None, again, CancellationToken.None).WaitAsync(Limit);

    private async Task PublishAsync(ulong revision, bool normal = false, params Curve25519PublicKey[] clients)
    {
        if (normal)
        {
            _network.Instead = _ => Task.FromResult<DirectoryResponse?>(null);
        }

        var asked = _network.Asked.ToArray();
        var text = DescriptorEncoder.Encode(Samples.Content(), _keys, revision, clients, _samples.Context);
        var directories = _network.Map.ForUpload(_keys.Key, _network.Map.Slots.Earlier);
        var result = await new DescriptorUploader(_samples.Context, _network).PublishAsync(text, directories, CancellationToken.None).WaitAsync(Limit);
        Assert.True(result.IsComplete);
        _network.Asked.Clear();
        foreach (var directory in asked)
        {
            _network.Asked.Enqueue(directory);
        }
    }
}
