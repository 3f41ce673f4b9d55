using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.Consensuses;

public sealed class ConsensusTests
{
    [Fact]
    public void Reads_the_microdescriptor_flavour()
    {
        var consensus = Consensus.Parse(Vectors.Text("fixtures/consensus-microdesc.txt"));

        Assert.Equal(ConsensusFlavor.Microdesc, consensus.Flavor);
        Assert.Equal(35, consensus.Method);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 6, 28, 40, TimeSpan.Zero), consensus.ValidAfter);
        Assert.Equal(TimeSpan.FromSeconds(20), consensus.FreshUntil - consensus.ValidAfter);
        Assert.Equal(TimeSpan.FromSeconds(60), consensus.ValidUntil - consensus.ValidAfter);
        Assert.Equal(8, consensus.Relays.Count);
        Assert.Equal(3, consensus.Authorities.Count);
        Assert.Equal(3, consensus.Signatures.Count);
        Assert.All(consensus.Signatures, s => Assert.Equal("sha256", s.Algorithm));
        Assert.Equal(32, consensus.SharedRandomCurrent!.Length);
        Assert.Equal(3333, consensus.BandwidthWeights!["Wgd"]);
        Assert.Equal(-20, consensus.Parameters.GetInt("aa_test", 5));
        Assert.Equal(0, consensus.Parameters.GetInt("aa_test", 5, 0, 10));
        Assert.Equal(5, consensus.Parameters.GetInt("absent", 5));
    }

    [Fact]
    public void Reads_a_relay_of_each_flavour()
    {
        var micro = Relay("fixtures/consensus-microdesc.txt", "r4");
        var ns = Relay("fixtures/consensus-ns.txt", "r4");

        Assert.Equal("OY+5RpPJM+JOlKf5bgL9tt5soX8zU9bTnsUQMP2Edrg", micro.MicrodescriptorDigest.ToString());
        Assert.Null(micro.DescriptorDigest);
        Assert.Null(micro.Policy);
        Assert.NotNull(ns.DescriptorDigest);
        Assert.Null(ns.MicrodescriptorDigest);
        Assert.True(ns.Policy!.Allows(80));
        Assert.False(ns.Policy.Allows(443));
        Assert.Equal(25014, ns.OrPort);
        Assert.Equal(4074u, ns.Bandwidth);
        Assert.False(ns.Unmeasured);
        Assert.Equal("Tor 0.4.9.11", ns.Version);
        Assert.True(ns.Flags.HasFlag(RelayFlags.Running | RelayFlags.HSDir));
        Assert.True(ns.Protocols.Supports("HSIntro", 5));
    }

    [Fact]
    public void The_signed_part_has_the_digest_that_the_authorities_signed()
    {
        var ns = Consensus.Parse(Vectors.Text("fixtures/consensus-ns.txt"));
        var micro = Consensus.Parse(Vectors.Text("fixtures/consensus-microdesc.txt"));

        Assert.Equal("74FA8F6ED5B537EDFB7818B5A971AC6A0B64E01B", ns.Sha1.ToString());
        Assert.Equal("186A4498CC101A435B9F1BDE02974B05560ADBBFCCC49A7EA483B9A60443A3EF", Convert.ToHexString(micro.Sha256.Span));
    }

    private static ConsensusRelay Relay(string file, string nickname) =>
        Consensus.Parse(Vectors.Text(file)).Relays.Single(r => r.Nickname == Nickname.Parse(nickname));
}
