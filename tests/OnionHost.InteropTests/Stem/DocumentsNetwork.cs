using System.Collections.Immutable;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Periods;
using OnionHost.LocalNetwork;
using OnionHost.Network;
using OnionHost.Network.Directory;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Nodes;
using OnionHost.Rendezvous.Services;

namespace OnionHost.InteropTests.Stem;

/// <summary>
/// A network of our nodes in this process with an open and a restricted onion service; every kind of document that they make, and
/// what stem reads in it.
/// </summary>
public sealed class DocumentsNetwork : IAsyncLifetime
{
    /// <summary>The nickname of a relay that says of itself whatever can be said, and is in no consensus.</summary>
    internal const string Talkative = "talkative";

    private const string Client = "alice";

    private static readonly NodeContext Context = new(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(3));
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("onionhost-stem-").FullName;
    private string? _missing;

    /// <summary>What stem read.</summary>
    internal JsonElement Read { get; private set; }

    internal ImmutableArray<ServerDescriptor> Servers { get; private set; }

    internal ImmutableArray<ExtraInfo> Extras { get; private set; }

    internal ImmutableArray<Microdescriptor> Microdescriptors { get; private set; }

    internal ImmutableArray<AuthorityCertificate> Certificates { get; private set; }

    internal ImmutableArray<Vote> Votes { get; private set; }

    internal Consensus Ns { get; private set; } = null!;

    internal Consensus Microdesc { get; private set; } = null!;

    internal DetachedSignatures Signatures { get; private set; } = null!;

    /// <summary>Whom everybody can visit.</summary>
    internal FetchedDescriptor Open { get; private set; } = null!;

    /// <summary>Whom only the holder of a cookie can visit.</summary>
    internal FetchedDescriptor Restricted { get; private set; } = null!;

    /// <summary>Skips the test, or fails it, where there is no stem.</summary>
    public void Require() => StockNetwork.Require(_missing);

    public async Task InitializeAsync()
    {
        if ((_missing = await StemScript.WhatIsMissingAsync()) is not null)
        {
            return;
        }

        await using var network = await PrivateNetwork.StartAsync(new PrivateNetworkOptions { Relays = 5, Exits = 1 }, _limit.Token);
        await CollectFromDirectoryAsync(network);
        await CollectOnionsAsync(network);
        Read = await StemScript.ReadAsync(_folder);
    }

    public Task DisposeAsync()
    {
        _limit.Dispose();
        System.IO.Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private async Task CollectFromDirectoryAsync(PrivateNetwork network)
    {
        var talkative = await DescribeAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{network.Authorities[0].DirPort}/tor/") };
        Task<byte[]> GetAsync(string path) => http.GetByteArrayAsync(path, _limit.Token);

        Ns = Consensus.Parse(await KeepAsync("consensus-ns", GetAsync("status-vote/current/consensus")));
        Microdesc = Consensus.Parse(await KeepAsync("consensus-microdesc", GetAsync("status-vote/current/consensus-microdesc")));
        Servers = await ManyAsync("servers", "router", [.. await GetAsync("server/all"), .. talkative.Descriptor.Bytes.Span], ServerDescriptor.Parse);
        Extras = await ManyAsync("extras", "extra-info", [.. await GetAsync("extra/all"), .. talkative.ExtraInfo!.Bytes.Span], ExtraInfo.Parse);
        var described = await GetAsync("micro/d/" + string.Join('-', Microdesc.Relays.Select(relay => relay.MicrodescriptorDigest.ToString()!.TrimEnd('='))));
        Microdescriptors = await ManyAsync(
            "microdescriptors", "onion-key", [.. described, .. Microdescriptor.FromServerDescriptor(talkative.Descriptor, Microdesc.Method).Bytes.Span], Microdescriptor.Parse);
        Certificates = await ManyAsync("certificates", "dir-key-certificate-version", await GetAsync("keys/all"), AuthorityCertificate.Parse);
        var votes = await Task.WhenAll(network.Authorities.Select(async authority => Vote.Parse(
            await KeepAsync("vote-" + authority.Nickname, GetAsync("status-vote/current/" + authority.V3Identity)))));
        Votes = [.. votes];
        Signatures = network.Nodes[0].Running.Authority!.Voting.Last!.Pending!.Detached();
        await File.WriteAllTextAsync(Path.Combine(_folder, "signatures"), Signatures.ToString());
    }

    private async Task CollectOnionsAsync(PrivateNetwork network)
    {
        await using var client = new TorClient(network.CreateClientOptions());
        await using var open = await client.AddServiceAsync(new OnionServiceOptions { Name = "open" }, _limit.Token);
        await using var restricted = await client.AddServiceAsync(new OnionServiceOptions { Name = "restricted", RequireCookie = true, IntroductionPoints = 4 }, _limit.Token);
        using var cookie = restricted.Cookies.Issue(Client);
        await client.StartAsync(_limit.Token);
        await open.WaitUntilReachableAsync(_limit.Token);
        await restricted.WaitUntilReachableAsync(_limit.Token);
        using var key = cookie.DescriptorKey();
        Open = await CollectOnionAsync(network, client, open, null);
        Restricted = await CollectOnionAsync(network, client, restricted, key);
    }

    /// <summary>Takes a descriptor from a directory that keeps it, as soon as it names all introduction points.</summary>
    private async Task<FetchedDescriptor> CollectOnionAsync(PrivateNetwork network, TorClient client, OnionService service, X25519KeyPair? key)
    {
        var changes = Channel.CreateUnbounded<OnionServiceSnapshot>();
        service.Changed += now => changes.Writer.TryWrite(now);
        changes.Writer.TryWrite(service.Snapshot);
        await foreach (var _ in changes.Reader.ReadAllAsync(_limit.Token))
        {
            var period = DescriptorSlots.Of(client.Node.Directory.Current!).ForClients.Period;
            foreach (var text in await AskAllAsync(network, KeyBlinding.BlindPublic(service.Address.Identity, period)))
            {
                var read = DescriptorDecoder.Decode(text, service.Address, period, key, Context.Now);
                if (read.Content.IntroductionPoints.Length == service.Options.IntroductionPoints)
                {
                    var given = new { text = System.Text.Encoding.ASCII.GetString(text.Span), address = service.Address.ToString(), key = Secret(key) };
                    await File.WriteAllTextAsync(Path.Combine(_folder, $"onion-{service.Options.Name}.json"), JsonSerializer.Serialize(given), _limit.Token);
                    return read;
                }
            }
        }

        throw new InvalidOperationException("The service ended.");
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> AskAllAsync(PrivateNetwork network, BlindedKey key)
    {
        var request = new DirectoryRequest("GET", $"/tor/hs/3/{key}", ImmutableDictionary<string, string>.Empty, default, IsAnonymous: true, Remote: null);
        var answers = await Task.WhenAll(
            from node in network.Nodes
            where node.Running.Server.Descriptors is not null
            select node.Running.Server.Descriptors!.TryHandleAsync(request, _limit.Token).AsTask());
        return [.. answers.Where(answer => answer is { IsOk: true }).Select(answer => answer!.Body)];
    }

    private static string? Secret(X25519KeyPair? key)
    {
        Span<byte> secret = stackalloc byte[X25519KeyPair.Size];
        key?.CopySecretTo(secret);
        return key is null ? null : Convert.ToHexStringLower(secret);
    }

    private static async Task<RelayDocuments> DescribeAsync()
    {
        using var family = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        await using var relay = new RelayServer(Context, new RelayServerOptions
        {
            Relay = new RelayOptions(Nickname.Parse(Talkative), new IPEndPoint(IPAddress.Loopback, 0))
            {
                AdvertisedAddress = IPAddress.Parse("192.0.2.7"),
                AdvertisedIPv6 = new IPEndPoint(IPAddress.Parse("2001:db8::7"), 9001),
                Contact = "somebody <somebody@example.org> ünd",
                Policy = ExitPolicy.Reduced.WithoutPrivateNetworks(),
                BandwidthRate = 5_000_000,
                BandwidthBurst = 10_000_000,
                BandwidthObserved = 123_456,
                Family = ["$" + new string('A', 40), Talkative],
                FamilyKeys = [family],
            },
        });
        await relay.ListenAsync(CancellationToken.None);
        return relay.Relay.Describe();
    }

    private async Task<byte[]> KeepAsync(string name, Task<byte[]> document)
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, name), await document);
        return await document;
    }

    private async Task<ImmutableArray<T>> ManyAsync<T>(string name, string firstKeyword, byte[] text, Func<ReadOnlySpan<byte>, T> parse)
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, name), text);
        return [.. DocumentReader.Split(text, firstKeyword).Select(document => parse(document.Span))];
    }
}
