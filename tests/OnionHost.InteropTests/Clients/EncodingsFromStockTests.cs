using OnionHost.Network.Authority;
using OnionHost.Network.Directory.Http.Compression;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.InteropTests;

/// <summary>Stock directories answer our nodes in the encodings that only Tor uses.</summary>
[Collection(StockNetworkSuite.Name)]
public sealed class EncodingsFromStockTests(SharedNetwork network) : JudgedTest(network)
{
    private const string Zstd = "x-zstd";
    private const string Lzma = "x-tor-lzma";

    [SkippableFact]
    public Task What_is_put_together_for_one_answer_comes_in_zstd() => JudgeAsync(async () =>
    {
        Require(Zstd);
        var (encoding, body) = await GetAsync("/tor/server/all");
        Assert.Equal(Zstd, encoding);
        Assert.True(DocumentReader.Split(body, "router").Count >= 8);
    });

    [SkippableFact]
    public Task What_many_ask_for_comes_in_LZMA() => JudgeAsync(async () =>
    {
        // Soon after each consensus: a worker thread compresses it.
        Require(Lzma);
        var encoding = string.Empty;
        while (encoding != Lzma)
        {
            (encoding, var body) = await GetAsync("/tor/status-vote/current/consensus-microdesc");
            Assert.Equal(ConsensusFlavor.Microdesc, Consensus.Parse(body).Flavor);
        }
    });

    private static void Require(string encoding) =>
        Skip.IfNot(ContentCodings.Accepted.Contains(encoding, StringComparison.Ordinal), $"This machine has no library for {encoding}.");

    private async Task<(string Encoding, ReadOnlyMemory<byte> Body)> GetAsync(string path)
    {
        var answer = await new AuthorityPeer(Context, network.Authorities[0], TimeSpan.FromSeconds(30)).GetAsync(path, Stop);
        Assert.True(answer.IsOk, answer.Reason);
        return (answer.Headers["Content-Encoding"], answer.Body);
    }
}
