using System.Globalization;
using System.Net;
using System.Text;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

public sealed class DirectoryCacheTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _clock = new();
    private readonly SmallNetwork _network;

    public DirectoryCacheTests()
    {
        _network = new SmallNetwork(_clock);
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public async Task A_consensus_is_served_if_most_of_the_named_authorities_signed_it()
    {
        var consensus = _network.Publish(Now, SmallNetwork.MakeRelays(3), signers: 2);
        var ids = _network.Authorities.Select(a => a.V3Identity.ToString()).ToList();
        const string path = "/tor/status-vote/current/consensus-microdesc";
        Assert.Equal(consensus.Text, await TextAsync(path));
        Assert.Equal(consensus.Text, await TextAsync($"{path}/{ids[0]}"));
        Assert.Equal(consensus.Text, await TextAsync($"{path}/{ids[0][..6].ToLowerInvariant()}+{ids[1][..6]}+{ids[2][..6]}"));
        Assert.Equal(404, (await GetAsync($"{path}/{ids[0][..6]}+{ids[2][..6]}")).Status);
        Assert.Equal(404, (await GetAsync($"{path}/{ids[2][..6]}")).Status);
        Assert.Equal(404, (await GetAsync($"{path}/{ids[0][..6]}+{ids[2][..6]}+FFFFFF")).Status);
        Assert.Equal(404, (await GetAsync($"{path}/++")).Status);
        Assert.Equal(404, (await GetAsync("/tor/status-vote/current/consensus")).Status);
    }

    [Fact]
    public async Task A_consensus_that_the_client_has_is_not_sent_again()
    {
        var consensus = _network.Publish(Now, SmallNetwork.MakeRelays(3));
        const string path = "/tor/status-vote/current/consensus-microdesc";
        Assert.Equal(304, (await GetAsync(path, consensus.ValidAfter)).Status);
        Assert.Equal(304, (await GetAsync(path, consensus.ValidAfter.AddSeconds(10))).Status);
        Assert.Equal(200, (await GetAsync(path, consensus.ValidAfter.AddSeconds(-1))).Status);
    }

    [Fact]
    public async Task A_consensus_of_another_time_is_not_served()
    {
        _network.Publish(Now.AddHours(23), SmallNetwork.MakeRelays(3));
        Assert.Equal(200, (await GetAsync("/tor/status-vote/current/consensus-microdesc")).Status);
        _network.Publish(Now.AddHours(25), SmallNetwork.MakeRelays(3));
        Assert.Equal((404, "Consensus is too new"), Status(await GetAsync("/tor/status-vote/current/consensus-microdesc")));
        _clock.Advance(TimeSpan.FromHours(25 + 3 + 25));
        Assert.Equal((404, "Consensus is too old"), Status(await GetAsync("/tor/status-vote/current/consensus-microdesc")));
    }

    [Fact]
    public async Task Microdescriptors_are_found_by_digest_even_with_slashes()
    {
        var relays = SmallNetwork.MakeRelays(60);
        _network.Publish(Now, relays);
        var digests = relays.Select(r => r.Micro.Digest.ToString()).ToList();
        Assert.Contains(digests, d => d.Contains('/', StringComparison.Ordinal));
        var body = await TextAsync("/tor/micro/d/" + string.Join('-', digests.Append("nonsense").Append(new string('A', 43))));
        Assert.Equal(relays.Sum(r => r.Micro.Bytes.Length), body.Length);
        Assert.StartsWith("onion-key\n", body, StringComparison.Ordinal);
        Assert.Equal(404, (await GetAsync("/tor/micro/d/" + new string('A', 43))).Status);
        Assert.Equal(404, (await GetAsync("/tor/micro/d/")).Status);
    }

    [Fact]
    public async Task Certificates_are_found_in_every_way()
    {
        var all = _network.Served.Certificates;
        var first = all[0];
        Assert.Equal(string.Concat(all), await TextAsync("/tor/keys/all"));
        Assert.Equal(first.ToString(), await TextAsync($"/tor/keys/fp/{first.Identity}"));
        Assert.Equal(first.ToString() + all[2], await TextAsync($"/tor/keys/fp/{first.Identity}+{all[2].Identity}"));
        Assert.Equal(first.ToString(), await TextAsync($"/tor/keys/sk/{first.SigningKeyDigest}"));
        Assert.Equal(first.ToString(), await TextAsync($"/tor/keys/fp-sk/{first.Identity}-{first.SigningKeyDigest}"));
        Assert.Equal(404, (await GetAsync($"/tor/keys/fp-sk/{first.Identity}-{all[1].SigningKeyDigest}")).Status);
        Assert.Equal(404, (await GetAsync("/tor/keys/authority")).Status);
        Assert.Equal(400, (await GetAsync("/tor/keys/else")).Status);
        Assert.Equal(304, (await GetAsync("/tor/keys/all", first.Published.AddSeconds(1))).Status);
        Assert.Equal(200, (await GetAsync("/tor/keys/all", first.Published.AddSeconds(-1))).Status);
        _network.Served.OwnCertificate = first;
        Assert.Equal(first.ToString(), await TextAsync("/tor/keys/authority"));
    }

    [Fact]
    public async Task Descriptors_are_found_in_every_way()
    {
        var (old, newer) = (MakeDescriptor(Now.AddHours(-1), out var keys), MakeDescriptor(Now, out _));
        var renewed = Build(Now.AddMinutes(5), keys);
        foreach (var descriptor in new[] { renewed, old, newer })
        {
            _network.Served.AddDescriptor(descriptor);
        }

        Assert.Equal(old.ToString(), await TextAsync($"/tor/server/d/{old.Digest}"));
        Assert.Equal(renewed.ToString() + newer, await TextAsync($"/tor/server/fp/{old.Fingerprint}+{newer.Fingerprint}"));
        Assert.Equal(old.ToString().Length + renewed.ToString().Length + newer.ToString().Length, (await TextAsync("/tor/server/all")).Length);
        Assert.Equal(404, (await GetAsync("/tor/server/authority")).Status);
        _network.Served.Own = newer;
        Assert.Equal(newer.ToString(), await TextAsync("/tor/server/authority"));
        Assert.Equal(404, (await GetAsync("/tor/extra/all")).Status);
    }

    [Fact]
    public async Task Other_paths_and_uploads_belong_to_others()
    {
        var resource = new DirectoryCacheResource(_network.Context, _network.Served);
        foreach (var path in new[] { "/", "/tor/", "/tor/hs/3/x", "/tor/status-vote/current/consensuses", "/tor/micro/x", "/robots.txt" })
        {
            Assert.Null(await resource.TryHandleAsync(Request("GET", path, null), CancellationToken.None));
        }

        Assert.Null(await resource.TryHandleAsync(Request("POST", "/tor/keys/all", null), CancellationToken.None));
    }

    [Fact]
    public void What_no_consensus_lists_is_forgotten_after_a_day_and_a_half()
    {
        var relays = SmallNetwork.MakeRelays(4);
        _network.Publish(Now, relays);
        for (var hour = 1; hour <= 40; hour++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            _network.Served.SetConsensus(_network.MakeConsensus(Now, relays.Take(3).Select(r => r.Relay)));
            Assert.Equal(hour > 36 ? 3 : 4, _network.Served.Microdescriptors.Count());
        }
    }

    [Fact]
    public void An_older_consensus_does_not_replace_a_newer_one()
    {
        var newer = _network.Publish(Now, SmallNetwork.MakeRelays(3));
        Assert.False(_network.Served.SetConsensus(_network.MakeConsensus(Now.AddHours(-1), [])));
        Assert.Same(newer, _network.Served.Consensus(ConsensusFlavor.Microdesc));
    }

    [Fact]
    public async Task A_cache_has_everything_before_it_serves_a_consensus()
    {
        var descriptor = MakeDescriptor(Now, out _);
        var relays = SmallNetwork.MakeRelays(3).Select(r => (r.Relay with { DescriptorDigest = descriptor.Digest }, r.Micro)).ToList();
        var micro = _network.Publish(Now, relays);
        await using var directory = new NetworkDirectory(
            _network.Context, new NetworkDirectoryOptions { Authorities = _network.Authorities, IsCache = true }, _network);

        // No ns consensus yet, then no descriptor yet.
        await Assert.ThrowsAsync<Protocol.TorException>(() => directory.RefreshAsync(CancellationToken.None));
        var ns = _network.MakeConsensus(Now, relays.Select(r => r.Item1), flavor: ConsensusFlavor.Ns);
        _network.Served.SetConsensus(ns);
        await directory.RefreshAsync(CancellationToken.None);
        Assert.Null(directory.Current);
        Assert.Null(directory.Store.Consensus(ConsensusFlavor.Microdesc));

        _network.Served.AddDescriptor(descriptor);
        await directory.RefreshAsync(CancellationToken.None);
        Assert.Equal(3, directory.Current!.Relays.Count);
        Assert.Equal(micro.Text, directory.Store.Consensus(ConsensusFlavor.Microdesc)!.Text);
        Assert.Equal(ns.Text, directory.Store.Consensus(ConsensusFlavor.Ns)!.Text);
        Assert.Equal(descriptor.ToString(), directory.Store.Descriptor(descriptor.Digest)!.ToString());
        Assert.InRange(directory.NextUpdate, micro.FreshUntil, micro.FreshUntil.AddMinutes(4));
    }

    [Fact]
    public async Task A_cache_serves_in_the_end_even_if_nobody_has_some_descriptor()
    {
        var missing = new Digest160(SystemRandomSource.Instance.Bytes(20));
        var relays = SmallNetwork.MakeRelays(3).Select(r => (r.Relay with { DescriptorDigest = missing }, r.Micro)).ToList();
        _network.Publish(Now, relays);
        _network.Served.SetConsensus(_network.MakeConsensus(Now, relays.Select(r => r.Item1), flavor: ConsensusFlavor.Ns));
        await using var directory = new NetworkDirectory(
            _network.Context, new NetworkDirectoryOptions { Authorities = _network.Authorities, IsCache = true }, _network);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(directory.Current);
            await directory.RefreshAsync(CancellationToken.None).WaitAsync(Patience);
        }

        Assert.NotNull(directory.Current);
    }

    private static ServerDescriptor MakeDescriptor(DateTimeOffset published, out ServerDescriptorKeys keys)
    {
        var (master, signing) = (Ed25519KeyPair.Generate(SystemRandomSource.Instance), Ed25519KeyPair.Generate(SystemRandomSource.Instance));
        keys = new ServerDescriptorKeys(
            RsaKeyPair.Generate(1024),
            RsaKeyPair.Generate(1024),
            signing,
            Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, signing.Public, published.AddDays(30), master),
            X25519KeyPair.Generate(SystemRandomSource.Instance));
        return Build(published, keys);
    }

    private static ServerDescriptor Build(DateTimeOffset published, ServerDescriptorKeys keys) =>
        ServerDescriptor.Parse(Encoding.UTF8.GetBytes(ServerDescriptorBuilder.Build(
            new ServerDescriptorContent
            {
                Nickname = Nickname.Parse("relay"),
                Address = IPAddress.Loopback,
                OrPort = 9001,
                Platform = "test",
                Protocols = ProtocolVersions.Parse("Link=4-5"),
                Published = published,
            },
            keys)));

    private static (int Status, string Reason) Status(DirectoryResponse response) => (response.Status, response.Reason);

    private async Task<string> TextAsync(string path)
    {
        var response = await GetAsync(path);
        Assert.Equal(200, response.Status);
        return Encoding.UTF8.GetString(response.Body.Span);
    }

    private async Task<DirectoryResponse> GetAsync(string path, DateTimeOffset? since = null) =>
        (await new DirectoryCacheResource(_network.Context, _network.Served).TryHandleAsync(Request("GET", path, since), CancellationToken.None))!;

    private static DirectoryRequest Request(string method, string path, DateTimeOffset? since)
    {
        var headers = since is { } time
            ? DirectoryResponse.NoHeaders.Add("If-Modified-Since", time.ToString("R", CultureInfo.InvariantCulture))
            : DirectoryResponse.NoHeaders;
        return new DirectoryRequest(method, path, headers, default, false, null);
    }
}
