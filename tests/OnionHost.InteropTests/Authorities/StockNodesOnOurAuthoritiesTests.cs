using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnionHost.Network.Authority;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous;

namespace OnionHost.InteropTests;

/// <summary>Stock relays, client and service trust our authorities alone; and what our nodes do about wrong documents.</summary>
public sealed class StockNodesOnOurAuthoritiesTests(OurAuthoritiesNetwork network) : JudgedTest(network), IClassFixture<OurAuthoritiesNetwork>
{
    [SkippableFact]
    public Task They_bootstrap_publish_fetch_and_serve() => JudgeAsync(async () =>
    {
        var status = JsonDocument.Parse(await network.RunAsync("status", "--wait", "60", "--json")).RootElement;
        Assert.All(status.GetProperty("nodes").EnumerateObject(), node => Assert.Equal(100, node.Value.GetProperty("bootstrapped").GetInt32()));
        Assert.Equal(3, status.GetProperty("consensus").GetProperty("signatures").GetInt32());
        Assert.DoesNotContain("FAIL", await network.RunAsync("check"), StringComparison.OrdinalIgnoreCase);

        const int Size = 10_000_000;
        var socks = network.Node("client1").SocksPort;
        foreach (var host in new[] { network.OnionHostName, $"web.tornet.test:{network.Http.Port}" })
        {
            var wanted = await Curl.RunAsync(socks, Stop, $"http://{host}/sha256/{Size}");
            Assert.Equal(wanted.Trim(), Convert.ToHexStringLower(await Curl.HashAsync(socks, $"http://{host}/bytes/{Size}", Stop)));
        }
    });

    [SkippableFact]
    public Task A_client_refuses_a_consensus_that_too_few_signed_and_takes_the_next() => JudgeAsync(() =>
    {
        network.Expect("good signatures from recognized authorities|Unable to load .* consensus");
        return AssertRecoversAsync(
            path => Flavor(path) is { } flavor ? OnlyFirstSignature(flavor) : null,
            "has valid signatures of 1 of the 3 directory authorities");
    });

    [SkippableFact]
    public Task A_client_throws_away_descriptions_that_nobody_agreed_on_and_asks_again() => JudgeAsync(() => AssertRecoversAsync(
        path => path.StartsWith("/tor/micro/d/", StringComparison.Ordinal)
            ? Encoding.ASCII.GetBytes("onion-key\nntor-onion-key " + new string('A', 43) + "\n")
            : null,
        "Only 0 of the 8 relays in the consensus are described"));

    [SkippableFact]
    public Task An_authority_refuses_a_descriptor_with_a_wrong_signature() => JudgeAsync(async () =>
    {
        var authority = network.Ours[0];
        var peer = new AuthorityPeer(Context, authority.Server.Self, TimeSpan.FromSeconds(30));
        var relay = network.Node("relay1");
        var descriptor = Encoding.ASCII.GetString((await peer.GetAsync($"/tor/server/fp/{relay.Fingerprint}", Stop)).Body.Span);
        var signature = descriptor.IndexOf("router-signature", StringComparison.Ordinal) + 60;
        var wrong = string.Concat(descriptor.AsSpan(0, signature), descriptor[signature] == 'A' ? "B" : "A", descriptor.AsSpan(signature + 1));

        var said = authority.Logs.NextAsync("A descriptor was refused: ");
        Assert.Equal(400, (await peer.PostAsync("/tor/", Encoding.ASCII.GetBytes(wrong), Stop)).Status);
        await said.WaitAsync(Stop);

        // The relay keeps its place, with the descriptor that it signed.
        var kept = (await peer.GetAsync($"/tor/server/fp/{relay.Fingerprint}", Stop)).Body;
        Assert.Equal(descriptor, Encoding.ASCII.GetString(kept.Span));
        Assert.Contains(Consensus(ConsensusFlavor.Ns).Relays, r => r.Fingerprint == RelayFingerprint.Parse(relay.Fingerprint));
    });

    private static ConsensusFlavor? Flavor(string path) =>
        !path.StartsWith("/tor/status-vote/current/consensus", StringComparison.Ordinal) ? null
        : path.Contains("microdesc", StringComparison.Ordinal) ? ConsensusFlavor.Microdesc : ConsensusFlavor.Ns;

    private Consensus Consensus(ConsensusFlavor flavor) => network.Ours[0].Server.Server.Store.Consensus(flavor)!;

    private byte[] OnlyFirstSignature(ConsensusFlavor flavor)
    {
        const string Word = "\ndirectory-signature ";
        var text = Consensus(flavor).Text;
        var first = text.IndexOf(Word, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text[..(text.IndexOf(Word, first + 1, StringComparison.Ordinal) + 1)]);
    }

    /// <summary>A new client says what is wrong with the documents, and works as soon as nobody spoils them any more.</summary>
    private async Task AssertRecoversAsync(Func<string, byte[]?> spoil, string complaint)
    {
        var said = Logs.NextAsync(complaint);
        network.Spoiled.Spoil = spoil;
        try
        {
            await using var client = new TorClient(new TorClientOptions
            {
                Authorities = network.Authorities,
                EnforceDistinctSubnets = false,
                AllowPrivateAddresses = true,
                LoggerFactory = Logs,
            });
            await client.StartAsync(Stop);
            await said.WaitAsync(Stop);
            network.Spoiled.Spoil = null;
            await AssertWorksAsync(client);
        }
        finally
        {
            network.Spoiled.Spoil = null;
        }
    }

    private async Task AssertWorksAsync(TorClient client)
    {
        await client.WaitUntilReadyAsync(Stop);
        await using var stream = await client.ConnectAsync(network.OnionHostName, 80, cancellationToken: Stop);
        await stream.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), Stop);
        using var reader = new StreamReader(stream);
        Assert.EndsWith("tornet: it works\n", await reader.ReadToEndAsync(Stop), StringComparison.Ordinal);
    }
}
