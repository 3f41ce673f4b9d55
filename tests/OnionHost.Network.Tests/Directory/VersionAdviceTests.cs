using OnionHost.Network.Directory;
using OnionHost.Network.Directory.Versions;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

public sealed class VersionAdviceTests
{
    [Theory]
    [InlineData("", nameof(VersionStanding.NoOpinion), "")]
    [InlineData("0.4.8.16,0.4.9.11", nameof(VersionStanding.NoOpinion), "")]
    [InlineData("0.0.8rc3,arti-1.2.3,1.2,..,OnionHost-,9999999999.0.0", nameof(VersionStanding.NoOpinion), "")]
    [InlineData("0.1.9,0.2.0", nameof(VersionStanding.Recommended), "0.1.9, 0.2.0")]
    [InlineData("0.4.9.11,OnionHost-0.2.0", nameof(VersionStanding.Recommended), "0.2.0")]
    [InlineData("0.4.9.11,OnionHost-0.10.0,OnionHost-0.3.0", nameof(VersionStanding.TooOld), "0.3.0, 0.10.0")]
    [InlineData("0.2.0-beta, 0.3.0", nameof(VersionStanding.TooOld), "0.2.0-beta, 0.3.0")]
    [InlineData("0.1.0,0.2.1", nameof(VersionStanding.NotRecommended), "0.1.0, 0.2.1")]
    [InlineData("0.1.0", nameof(VersionStanding.Newer), "0.1.0")]
    public void Only_versions_of_this_software_count(string list, string standing, string recommended)
    {
        var advice = VersionAdvice.Of(list, "0.2.0");
        Assert.Equal((standing, recommended), (advice.Standing.ToString(), advice.List));
    }

    [Theory]
    [InlineData("0.2.0", true)]
    [InlineData("OnionHost-0.2.0-beta", true)]
    [InlineData("0.4.9.1-alpha", true)]
    [InlineData("0.4", false)]
    [InlineData("latest", false)]
    [InlineData("0.2.0 0.3.0", false)]
    public void An_authority_votes_for_versions_only(string item, bool isVersion) => Assert.Equal(isVersion, VersionAdvice.IsVersion(item));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_node_that_is_too_old_says_so_once(bool isRelay)
    {
        var network = new SmallNetwork(new ManualTimeProvider());
        var relays = SmallNetwork.MakeRelays(5).Select(r => r.Relay).ToList();
        var watch = new VersionWatch(network.Context, isRelay, "0.1.0");
        var told = new List<VersionAdvice>();
        watch.Outdated += told.Add;
        string[] lists = ["", "0.1.0", "0.2.0,0.3.0", "0.2.0,0.3.0", "0.3.0"];
        foreach (var list in lists)
        {
            network.Versions = isRelay ? ("0.1.0", list) : (list, "0.1.0");
            watch.Read(network.MakeConsensus(network.Context.Now, relays));
            network.Clock.Advance(SmallNetwork.Interval);
        }

        Assert.Equal(["0.2.0, 0.3.0", "0.3.0"], told.Select(advice => advice.List));
        var warnings = network.Warnings.All.Where(w => w.Contains("OnionHost 0.1.0 is too old for " + (isRelay ? "relays" : "clients"), StringComparison.Ordinal)).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.Contains("recommends 0.2.0, 0.3.0", warnings[0], StringComparison.Ordinal);
        Assert.Equal("OnionHost 0.1.0 is too old; recommended: 0.3.0", watch.Warning);
    }

    [Fact]
    public async Task A_network_directory_reads_what_is_for_its_role()
    {
        var network = new SmallNetwork(new ManualTimeProvider()) { Versions = ("99.0.0", "98.0.0") };
        network.Publish(network.Context.Now, SmallNetwork.MakeRelays(5));
        await using var directory = network.MakeDirectory();
        await directory.RefreshAsync(CancellationToken.None);
        await directory.RefreshAsync(CancellationToken.None);

        Assert.Equal(["99.0.0"], directory.Versions.Advice.Recommended);
        Assert.Single(network.Warnings.All);
        Assert.Equal($"OnionHost {SoftwareVersion.Number}", SoftwareVersion.Platform);
    }
}
