using System.Text;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Consensuses.Diffs;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

/// <summary>Diffs between consensuses, from the cache that makes them to the client that has the older one.</summary>
public sealed class ConsensusDiffTests : IAsyncDisposable
{
    private const string Path = "/tor/status-vote/current/consensus-microdesc";

    private readonly ManualTimeProvider _clock = new();
    private readonly SmallNetwork _network;
    private readonly NetworkDirectory _client;

    public ConsensusDiffTests()
    {
        _network = new SmallNetwork(_clock);
        _client = _network.MakeDirectory();
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_client_with_a_consensus_gets_what_changed()
    {
        var relays = SmallNetwork.MakeRelays(30);
        _network.Publish(_clock.GetUtcNow(), relays);
        await _client.RefreshAsync(CancellationToken.None);
        Assert.False(ConsensusDiff.IsDiff(Consensus().Document.Span));

        _clock.Advance(TimeSpan.FromHours(1));
        var newer = _network.Publish(_clock.GetUtcNow(), [.. relays.Skip(1).Concat(SmallNetwork.MakeRelays(1)).OrderBy(r => r.Relay.Fingerprint)]);
        await _client.RefreshAsync(CancellationToken.None);
        Assert.Equal(newer.Text, Consensus().Text);
        Assert.True(ConsensusDiff.IsDiff(_network.LastConsensusAnswer!.Body.Span));
        Assert.True(_network.LastConsensusAnswer!.Body.Length < newer.Document.Length / 2);
    }

    [Fact]
    public async Task What_no_diff_gives_is_fetched_whole()
    {
        var relays = SmallNetwork.MakeRelays(5);
        _network.Publish(_clock.GetUtcNow(), relays);
        await _client.RefreshAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromHours(1));
        var newer = _network.Publish(_clock.GetUtcNow(), relays);
        var broken = "network-status-diff-version 1\nhash " + new string('A', 64) + ' ' + new string('B', 64) + "\n1d\n";
        var isFirst = true;
        _network.Intercept = path =>
        {
            var isBroken = path.StartsWith(Path, StringComparison.Ordinal) && isFirst;
            isFirst &= !isBroken;
            return isBroken ? DirectoryResponse.Ok(broken) : null;
        };
        await _client.RefreshAsync(CancellationToken.None);
        Assert.False(isFirst);
        Assert.Equal(newer.Text, Consensus().Text);
    }

    [Fact]
    public async Task Diffs_are_served_in_every_way()
    {
        var relays = SmallNetwork.MakeRelays(5);
        var old = _network.Publish(_clock.GetUtcNow(), relays);
        _clock.Advance(TimeSpan.FromHours(1));
        var newer = _network.Publish(_clock.GetUtcNow(), relays);
        var (oldName, newName) = (Name(old), Name(newer));
        var signer = _network.Authorities[0].V3Identity.ToString()[..6];
        string?[] diffs =
        [
            await BodyAsync($"{Path}/diff/{oldName}"),
            await BodyAsync($"{Path}/diff/{oldName}/{signer}"),
            await BodyAsync($"{Path}/diff/{oldName.ToLowerInvariant()}"),
            await BodyAsync(Path, oldName),
            await BodyAsync($"{Path}/{signer}", $"nonsense  {new string('A', 64)} {oldName}"),
        ];
        Assert.All(diffs, diff => Assert.Equal(newer.Text, Encoding.UTF8.GetString(ConsensusDiff.Apply(old, Encoding.UTF8.GetBytes(diff!), 1 << 20))));
        Assert.Equal(newer.Text, await BodyAsync(Path, new string('A', 64)));
        Assert.Equal((404, "No such diff available"), await StatusAsync($"{Path}/diff/{new string('A', 64)}"));
        Assert.Equal((404, "Couldn't parse request"), await StatusAsync($"{Path}/diff/{oldName[1..]}"));
        Assert.Equal((304, "Not modified"), await StatusAsync($"{Path}/diff/{newName}"));
        Assert.Equal((304, "Not modified"), await StatusAsync(Path, newName));
        Assert.Equal(ConsensusResource.DiffHeader, (await AnswerAsync(Path, null)).Headers["Vary"]);
    }

    [Fact]
    public async Task Only_the_last_few_are_kept()
    {
        var relays = SmallNetwork.MakeRelays(3);
        var names = new List<string>();
        for (var hour = 0; hour < 6; hour++)
        {
            names.Add(Name(_network.Publish(_clock.GetUtcNow(), relays)));
            _clock.Advance(TimeSpan.FromHours(1));
        }

        var statuses = new List<int>();
        foreach (var name in names)
        {
            statuses.Add((await StatusAsync($"{Path}/diff/{name}")).Status);
        }

        Assert.Equal([404, 404, 200, 200, 200, 304], statuses);
    }

    [Fact]
    public async Task More_signatures_make_no_other_consensus()
    {
        var relays = SmallNetwork.MakeRelays(3);
        var old = _network.Publish(_clock.GetUtcNow(), relays);
        _clock.Advance(TimeSpan.FromHours(1));
        var few = _network.Publish(_clock.GetUtcNow(), relays, signers: 2);
        var all = _network.Publish(_clock.GetUtcNow(), relays, signers: 3);
        Assert.Equal(Name(few), Name(all));
        Assert.NotEqual(few.Text, all.Text);
        var diff = await BodyAsync(Path, Name(old));
        Assert.Equal(all.Text, Encoding.UTF8.GetString(ConsensusDiff.Apply(old, Encoding.UTF8.GetBytes(diff!), 1 << 20)));
    }

    private static string Name(Consensus consensus) => Convert.ToHexString(ConsensusDiff.NameOf(consensus).Span);

    private Consensus Consensus() => _client.Current!.Consensus;

    private async Task<(int Status, string Reason)> StatusAsync(string path, string? known = null)
    {
        var answer = await AnswerAsync(path, known);
        return (answer.Status, answer.Reason);
    }

    private async Task<string?> BodyAsync(string path, string? known = null)
    {
        var answer = await AnswerAsync(path, known);
        return answer.IsOk ? Encoding.UTF8.GetString(answer.Body.Span) : null;
    }

    private Task<DirectoryResponse> AnswerAsync(string path, string? known) => _network.GetAsync(
        path, known is null ? null : DirectoryResponse.NoHeaders.Add(ConsensusResource.DiffHeader, known), CancellationToken.None);
}
