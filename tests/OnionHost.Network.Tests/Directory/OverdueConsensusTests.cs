using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

/// <summary>What happens where the authorities do not agree: the last consensus is kept, and why is told once.</summary>
public sealed class OverdueConsensusTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly SmallNetwork _network;

    public OverdueConsensusTests()
    {
        _network = new SmallNetwork(_clock);
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public async Task Without_a_majority_the_last_consensus_is_kept_and_the_reason_said_once()
    {
        var relays = SmallNetwork.MakeRelays(5);
        var first = _network.Publish(Now, relays);
        await using var directory = _network.MakeDirectory();
        await directory.RefreshAsync(CancellationToken.None);
        _clock.Advance(SmallNetwork.Interval);
        await directory.RefreshAsync(CancellationToken.None);
        Assert.Empty(_network.Warnings.All);

        // The authorities have not agreed: the caches have nothing newer.
        _clock.Advance(SmallNetwork.Interval);
        await directory.RefreshAsync(CancellationToken.None);
        await directory.RefreshAsync(CancellationToken.None);
        var warning = Assert.Single(_network.Warnings.All);
        Assert.Contains("no newer consensus than that of 2026-11-22 12:00:00Z, which is used until 2026-11-23 15:00:00Z", warning, StringComparison.Ordinal);
        Assert.Contains("needs the signatures of 2 of the 3 directory authorities", warning, StringComparison.Ordinal);
        Assert.Contains("signatures of 2 of the 3", directory.Progress.Problem!.Message, StringComparison.Ordinal);
        Assert.Equal(first.Sha256, directory.Current!.Consensus.Sha256);

        _network.Publish(Now, relays);
        await directory.RefreshAsync(CancellationToken.None);
        Assert.Equal(Now, directory.Current!.ValidAfter);
        Assert.Null(directory.Progress.Problem);
        Assert.Single(_network.Warnings.All);
    }

    [Fact]
    public async Task A_newer_consensus_that_too_few_signed_does_not_take_the_place_of_the_last_good_one()
    {
        var relays = SmallNetwork.MakeRelays(5);
        var first = _network.Publish(Now, relays);
        await using var directory = _network.MakeDirectory();
        await directory.RefreshAsync(CancellationToken.None);
        _clock.Advance(2 * SmallNetwork.Interval);

        // A directory that does not check what it serves.
        var newer = _network.MakeConsensus(Now, relays.Select(r => r.Relay), signers: 1);
        _network.Intercept = path => path.Contains("consensus", StringComparison.Ordinal) ? DirectoryResponse.Ok(newer.Document) : null;
        await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));

        Assert.Equal(first.Sha256, directory.Current!.Consensus.Sha256);
        var warning = Assert.Single(_network.Warnings.All);
        Assert.Contains("valid signatures of 1 of the 3 directory authorities", warning, StringComparison.Ordinal);
        Assert.Contains("is used until", warning, StringComparison.Ordinal);
    }
}
