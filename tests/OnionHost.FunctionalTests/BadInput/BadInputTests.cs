using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Links;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Nodes;
using Xunit.Abstractions;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>A running relay and a running authority are sent 100,000 changed cells and documents, and go on serving.</summary>
public sealed class BadInputTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Cells = 80_000;
    private const int Documents = 20_000;
    private const int Handshakes = 400;

    /// <summary>By so much the process may have grown when all links are closed again.</summary>
    private const long MostGrowth = 64 << 20;

    private static readonly HashSet<RelayCommand> Deepest =
    [
        RelayCommand.Connected, RelayCommand.Data, RelayCommand.Resolved, RelayCommand.Extended2, RelayCommand.Truncated,
        RelayCommand.IntroEstablished, RelayCommand.IntroduceAck, RelayCommand.RendezvousEstablished,
    ];

    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(8));
    private readonly ConcurrentQueue<string> _unobserved = [];
    private readonly FaultLog _log = new();
    private BesiegedNetwork _network = null!;

    private CancellationToken Stop => _limit.Token;

    public async Task InitializeAsync()
    {
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        _network = await BesiegedNetwork.StartAsync(_log, Stop);
    }

    public async Task DisposeAsync()
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        await _network.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_hundred_thousand_changed_cells_and_documents_leave_all_serving()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ONIONHOST_MUTATION_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20041109;
        output.WriteLine($"ONIONHOST_MUTATION_SEED={seed}");
        long before;
        await using (var links = new LinkTable(_network.Context, new LinkOptions()))
        {
            await AssertServesAsync(links);
            before = GC.GetTotalMemory(forceFullCollection: true);
            await BesiegeAsync(links, seed);
            await AssertServesAsync(links);
        }

        await AssertNothingIsLeftAsync(before);
        var faults = _log.Faults.Concat(_unobserved).Distinct().ToList();
        faults.ForEach(output.WriteLine);
        Assert.Empty(faults);
    }

    private async Task BesiegeAsync(LinkTable links, int seed)
    {
        using var keys = RelayKeys.Generate(_network.Context, leafKind: LinkLeafKind.EllipticCurve);
        var cells = new CellSiege(_network, Stop);
        var documents = new DocumentSiege(_network, Stop);
        var (relay, authority) = (_network.Relay, _network.Authority.Server);
        var (started, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(() => worker switch
        {
            0 or 1 => cells.SendAsync(relay, Cells / 4, keys.LinkCredentials, new Mutator(seed + worker)),
            2 or 3 => cells.SendAsync(relay, Cells / 8, credentials: null, new Mutator(seed + worker)),
            4 => cells.SendAsync(authority, Cells / 4, keys.LinkCredentials, new Mutator(seed + worker)),
            5 or 6 => cells.ShakeHandsAsync(relay, Handshakes / 2, keys.LinkCredentials, new Mutator(seed + worker)),
            7 or 8 or 9 => documents.SendAsync(authority.DirEndPoint!, Documents * 3 / 10, new Mutator(seed + worker)),
            10 => documents.SendAsync(() => BuildAsync(links, authority), Documents / 20, new Mutator(seed + worker)),
            _ => documents.SendAsync(() => BuildAsync(links, relay, _network.Behind), Documents / 20, new Mutator(seed + worker)),
        })));
        output.WriteLine($"{cells.Sent} cells, {documents.Sent} documents in {started.Elapsed}, {Environment.CpuUsage.TotalTime - used} of processors");
        output.WriteLine(string.Join(' ', cells.Answers.OrderBy(answer => answer.Key)));
        Assert.True(cells.Sent + documents.Sent >= Cells + Documents);

        // They got as far as each role.
        Assert.Superset(Deepest, cells.Answers.Keys.ToHashSet());
    }

    /// <summary>A circuit through the relay carries a consensus, and the authority takes the descriptor of a relay that it did not know.</summary>
    private async Task AssertServesAsync(LinkTable links)
    {
        foreach (var path in new[] { new[] { _network.Relay, _network.Behind }, [_network.Behind, _network.Relay], [_network.Relay, _network.Authority.Server] })
        {
            await using var circuit = await BuildAsync(links, path);
            await using var stream = await circuit.LastHop.OpenDirectoryAsync(Stop);
            var response = await DirectoryClient.GetAsync(stream.AsStream(), "/tor/status-vote/current/consensus-microdesc", null, Stop);
            Assert.Equal(3, Consensus.Parse(response.Body).Relays.Count);
        }

        await using var fresh = new RelayServer(_network.Context, new RelayServerOptions
        {
            LinkLeaf = LinkLeafKind.EllipticCurve,
            Relay = new(Nickname.Parse("fresh"), new IPEndPoint(IPAddress.Loopback, 0)),
        });
        await fresh.ListenAsync(Stop);
        var peer = new AuthorityPeer(_network.Context, _network.Authority.Self, TimeSpan.FromSeconds(60));
        var uploaded = await peer.PostAsync("/tor/", fresh.Relay.Describe().ToUpload(), Stop);
        Assert.Equal(200, uploaded.Status);
        Assert.DoesNotContain("X-Descriptor-Not-New", uploaded.Headers.Keys);
        Assert.Equal(200, (await peer.GetAsync("/tor/status-vote/current/consensus", Stop)).Status);
    }

    private async Task AssertNothingIsLeftAsync(long before)
    {
        while (_network.Nodes.Any(node => node.Relay.Links.Links.Any(link => link.CircuitCount > 0)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Stop);
        }

        var grown = long.MaxValue;
        for (var i = 0; i < 20 && grown > MostGrowth; i++)
        {
            // What has just ended is let go of by other threads.
            await Task.Delay(TimeSpan.FromMilliseconds(100), Stop);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        }

        output.WriteLine($"{grown >> 10} kB more than before");
        Assert.True(grown <= MostGrowth, $"{grown >> 20} MB are left.");
    }

    private async Task<ClientCircuit> BuildAsync(LinkTable links, params RelayServer[] path)
    {
        var hops = path.Select(node => node.Relay.ToHop()).ToList();
        var link = await links.GetAsync(hops[0].ToLinkTarget(), Stop);
        var circuit = await ClientCircuit.CreateAsync(_network.Context, link, hops[0], Stop);
        foreach (var hop in hops.Skip(1))
        {
            await circuit.ExtendAsync(hop, Stop);
        }

        return circuit;
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e) => _unobserved.Enqueue(e.Exception.ToString());
}
