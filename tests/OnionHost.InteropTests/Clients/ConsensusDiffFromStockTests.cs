using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses.Diffs;

namespace OnionHost.InteropTests;

/// <summary>A node of ours that has a consensus gets the next one from stock authorities as a diff, and as a whole in between.</summary>
[Collection(StockNetworkSuite.Name)]
public sealed class ConsensusDiffFromStockTests(SharedNetwork network)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task It_follows_the_network_by_diffs(bool isCache) => network.RunTestAsync(async () =>
    {
        using var limit = new CancellationTokenSource(Limit);
        var context = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        var source = new Recorder(new AuthoritySource(context, network.Authorities));
        await using var directory = new NetworkDirectory(
            context, new NetworkDirectoryOptions { Authorities = network.Authorities, IsCache = isCache }, source);
        directory.Start();
        var first = await directory.WaitAsync(limit.Token);
        while (source.Diffs.IsEmpty || directory.Current?.ValidAfter <= first.ValidAfter)
        {
            await Task.Delay(Pause, limit.Token);
            try
            {
                await directory.RefreshAsync(limit.Token);
            }
            catch (Protocol.TorException)
            {
                // An authority that has not published yet; the next one is asked next time.
            }
        }

        Assert.All(source.Diffs, path => Assert.Contains("consensus", path, StringComparison.Ordinal));
        Assert.True(directory.Current!.ValidAfter > first.ValidAfter);
    });

    private sealed class Recorder(IDirectorySource inner) : IDirectorySource
    {
        public ConcurrentBag<string> Diffs { get; } = [];

        public async Task<DirectoryResponse> GetAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
        {
            var response = await inner.GetAsync(path, headers, ct);
            if (response.IsOk && ConsensusDiff.IsDiff(response.Body.Span))
            {
                Diffs.Add(path);
            }

            return response;
        }
    }
}
