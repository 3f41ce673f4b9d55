using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Network.Tests.Relays;

/// <summary>The <c>proto</c> line says what is built, no less and no more: others ask of a relay what it says there.</summary>
public sealed class ProtocolLineTests
{
    private static readonly ProtocolVersions Line = ProtocolVersions.Parse(RelayDescriptor.Protocols);

    [Fact]
    public void Link_protocols_are_those_that_are_offered() => Assert.Equal(LinkHandshake.OurVersions.Select(v => (int)v), Versions("Link"));

    [Fact]
    public async Task Handshakes_are_those_that_are_answered()
    {
        // Relay=2: ntor and EXTEND2. 3: IPv6 in EXTEND2. 4: ntor-v3. 5 and 6 are subprotocol requests and counter-Galois onion encryption.
        Assert.Equal([2, 3, 4], Versions("Relay"));
        await using var network = new MemoryNetwork(2);
        await using var plain = await network.BuildAsync([0, 1]);
        await using var extended = await network.BuildAsync([0, 1], CongestionParameters.Default);
        Assert.Throws<Protocol.ProtocolException>(() => OnionskinPool.RefuseSubprotocols([new(NtorV3ExtensionType.SubprotocolRequest, new byte[] { 2, 6 })]));
    }

    [Fact]
    public async Task Flow_control_is_by_windows_and_by_congestion_control()
    {
        Assert.Equal([1, 2], Versions("FlowCtrl"));
        await using var network = new MemoryNetwork(1);
        await using var windows = await network.BuildAsync([0]);
        await using var congestion = await network.BuildAsync([0], CongestionParameters.Default);
        Assert.IsType<FixedCircuitFlow>(windows.LastHop.Flow);
        Assert.IsType<VegasCircuitFlow>(congestion.LastHop.Flow);
    }

    [Fact]
    public void Onion_services_links_and_directories_are_served_as_stock_authorities_require()
    {
        Assert.Equal([3], Versions("LinkAuth"));
        Assert.Equal([4, 5], Versions("HSIntro"));
        Assert.True(Line.Supports("HSRend", 2) && Line.Supports("HSDir", 2) && Line.Supports("DirCache", 2));
        Assert.True(Line.Supports("Cons", 2) && Line.Supports("Desc", 2) && Line.Supports("Microdesc", 2));
    }

    [Theory]
    [InlineData("Padding")]
    [InlineData("Conflux")]
    public void What_is_not_built_is_not_said(string name) => Assert.Empty(Versions(name));

    private static IEnumerable<int> Versions(string name) => Enumerable.Range(0, 64).Where(version => Line.Supports(name, version));
}
