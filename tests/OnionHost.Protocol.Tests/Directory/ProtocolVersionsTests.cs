using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Directory;

namespace OnionHost.Protocol.Tests.Directory;

public sealed class ProtocolVersionsTests
{
    private const string Stock =
        "Conflux=1 Cons=1-2 Desc=1-4 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=1-2 Link=3-5 LinkAuth=3 Microdesc=1-3 Padding=2 Relay=2-6";

    [Fact]
    public void A_stock_line_is_read_and_written()
    {
        var versions = ProtocolVersions.Parse(Stock);
        Assert.True(versions.Supports("HSDir", 2));
        Assert.False(versions.Supports("HSDir", 1));
        Assert.False(versions.Supports("Nothing", 1));
        Assert.False(versions.Supports("Link", 64));
        Assert.Equal(Stock, versions.ToString());
        Assert.True(versions.SupportsAll(ProtocolVersions.Parse("Link=4-5 Relay=2")));
        Assert.False(versions.SupportsAll(ProtocolVersions.Parse("Link=4-6")));
    }

    [Theory]
    [InlineData("Link=5,3,4 Cons=1", "Cons=1 Link=3-5")]
    [InlineData("A=0,2-3,63", "A=0,2-3,63")]
    [InlineData("A=1 A=2", "A=1-2")]
    [InlineData("A=", "A=")]
    [InlineData("", "")]
    public void Text_is_made_canonical(string text, string canonical) => Assert.Equal(canonical, ProtocolVersions.Parse(text).ToString());

    [Theory]
    [InlineData("A")]
    [InlineData("=1")]
    [InlineData("A=64")]
    [InlineData("A=1,,2")]
    [InlineData("A=3-2")]
    [InlineData("A=-1")]
    [InlineData("A=1-")]
    [InlineData("A_B=1")]
    [InlineData("A=+1")]
    public void Wrong_entries_are_refused(string text) => Assert.Throws<ProtocolException>(() => ProtocolVersions.Parse(text));

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll<ulong, ulong>((a, b) =>
        {
            var versions = ProtocolVersions.FromMasks([new("A", a), new("B-2", b)]);
            return ProtocolVersions.Parse(versions.ToString()).Equals(versions);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Flags_are_sorted_and_unknown_ones_skipped()
    {
        Assert.Equal("Exit Running Stable StaleDesc Valid", RelayFlagNames.Format(RelayFlagNames.Parse(["Valid", "Running", "Exit", "Shiny", "StaleDesc", "Stable"])));
        Assert.Equal(14, RelayFlagNames.All.Length);
        Assert.Equal(string.Empty, RelayFlagNames.Format(RelayFlags.None));
    }
}
