using System.Text.Json;
using System.Text.Json.Nodes;
using OnionHost.Protocol.Directory;

namespace OnionHost.InteropTests.Stem;

/// <summary>
/// stem 1.8, validating, has no complaint of any document of our nodes, verifies their signatures, and reads in them what we
/// wrote. It knows what Tor had in 2019: lines that came later it passes over.
/// </summary>
public sealed class StemTests(DocumentsNetwork network) : IClassFixture<DocumentsNetwork>
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [SkippableFact]
    public void Server_descriptors()
    {
        network.Require();
        AssertReads(network.Servers.Select(OurReading.Of), "servers");
        var talkative = network.Servers.Single(server => $"{server.Nickname}" == DocumentsNetwork.Talkative);
        Assert.Equal((5_000_000u, 10_000_000u, 123_456u), (talkative.BandwidthRate, talkative.BandwidthBurst, talkative.BandwidthObserved));
        Assert.Single(talkative.ExtraAddresses);
        Assert.Equal(9, network.Servers.Length);
    }

    [SkippableFact]
    public void Extra_infos_that_the_descriptors_name()
    {
        network.Require();
        AssertReads(network.Extras.Select(OurReading.Of), "extras");
        Assert.Equal(network.Servers.Select(server => server.ExtraInfoDigest).Order(), network.Extras.Select(extra => (Protocol.Identities.Digest160?)extra.Digest).Order());
    }

    [SkippableFact]
    public void Microdescriptors()
    {
        network.Require();
        AssertReads(network.Microdescriptors.Select(OurReading.Of), "microdescriptors");
        Assert.Equal(network.Microdesc.Relays.Count + 1, network.Microdescriptors.Length);
    }

    [SkippableFact]
    public void Certificates_of_authorities()
    {
        network.Require();
        AssertReads(network.Certificates.Select(OurReading.Of), "certificates");
        Assert.Equal(3, network.Certificates.Length);
    }

    [SkippableFact]
    public void Votes()
    {
        network.Require();
        AssertReads(network.Votes.Select(OurReading.Of), "votes");
    }

    [SkippableFact]
    public void Both_consensuses()
    {
        network.Require();
        AssertReads(OurReading.Of(network.Ns), "ns");
        AssertReads(OurReading.Of(network.Microdesc), "microdesc");
        Assert.Equal(["auth1", "auth2", "auth3", "exit1", "relay1", "relay2", "relay3", "relay4"], network.Ns.Relays.Select(relay => $"{relay.Nickname}").Order());
        Assert.Equal(ExitPolicySummary.AcceptAll.ToString(), network.Ns.Relays.Single(relay => $"{relay.Nickname}" == "exit1").Policy!.ToString());
    }

    [SkippableFact]
    public void Detached_signatures()
    {
        network.Require();
        AssertReads(new[] { OurReading.Of(network.Signatures) }, "signatures");
        Assert.Equal((3, 3), (network.Signatures.Signatures.Length, network.Signatures.MicrodescSignatures.Length));
    }

    [SkippableFact]
    public void Onion_descriptors_and_their_inner_layers()
    {
        network.Require();
        AssertReads(OurReading.Of(network.Open, clients: 16), "onions", "onion-open");
        Assert.Equal(3, network.Open.Content.IntroductionPoints.Length);
    }

    [SkippableFact]
    public void Onion_descriptors_for_authorized_clients()
    {
        network.Require();
        AssertReads(OurReading.Of(network.Restricted, clients: 16), "onions", "onion-restricted");
        Assert.Equal(4, network.Restricted.Content.IntroductionPoints.Length);
        Assert.True(network.Restricted.Content.RequiresIntroductionAuth);
    }

    [SkippableFact]
    public void Lines_that_it_does_not_know_are_younger_than_it()
    {
        network.Require();
        Assert.Equal(["microdescriptors: family-ids", "onion: flow-control", "servers: family-cert"], network.Read.GetProperty("unknown").EnumerateArray().Select(line => line.GetString()));
    }

    private void AssertReads(object ours, params string[] where)
    {
        var read = where.Aggregate(network.Read, (at, name) => at.GetProperty(name));
        Assert.False(read.ValueKind == JsonValueKind.Object && read.TryGetProperty("complaint", out _), $"stem complains: {read}");
        Assert.Equal(Text(JsonSerializer.SerializeToNode(ours)), Text(JsonNode.Parse(read.GetRawText())));
    }

    private static string Text(JsonNode? node) => node!.ToJsonString(Indented);
}
