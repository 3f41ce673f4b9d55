using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OnionHost.Network;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Links;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.InteropTests;

/// <summary>A network whose nodes the tests stop, kill and replace; each test leaves it in order. Half of its relays are ours.</summary>
public sealed class FaultNetwork : StockNetwork
{
    private readonly List<OurRelay> _ours = [];
    private readonly ConcurrentBag<OurRelay> _added = [];
    private NodeLogs? _clientLogs;
    private NodeContext _client = null!;
    private LinkTable? _clientLinks;
    private Task _joined = Task.CompletedTask;

    /// <summary>Our relays: ours1 to ours3, and the exits oursexit1 and oursexit2. The links to ours2 go through <see cref="Proxy"/>.</summary>
    internal IReadOnlyList<OurRelay> Ours => _ours;

    internal CuttingProxy Proxy { get; } = new();

    /// <summary>The relays that the mixed run restarts: a stock relay, one of ours, a stock exit, one of ours.</summary>
    internal static IReadOnlyList<string> Restarting { get; } = ["relay3", "ours3", "exit2", "oursexit2"];

    protected override StockShape Shape => new()
    {
        Relays = 3,
        Exits = 2,

        // A stock service that loses its guard, or introduction circuits again and again, has launched 28 circuits to introduction points
        // soon, and may launch no more for five minutes: then it has no descriptor for the next time period, and nobody finds it.
        More =
        [
            "--set", "service1:EntryNodes relay1,relay2",
            "--set", $"service1:ExcludeNodes {string.Join(',', Restarting)}",
        ],
    };

    internal OurRelay Our(string nickname) => _ours.Single(relay => relay.Nickname == nickname);

    /// <summary>Builds a circuit of our own, from this process.</summary>
    internal async Task<ClientCircuit> BuildAsync(CancellationToken limit, params IReadOnlyList<HopTarget> hops)
    {
        var link = await _clientLinks!.GetAsync(hops[0].ToLinkTarget(), limit);
        var circuit = await ClientCircuit.CreateAsync(_client, link, hops[0], limit);
        foreach (var hop in hops.Skip(1))
        {
            await circuit.ExtendAsync(hop, limit);
        }

        return circuit;
    }

    /// <summary>The identity of a relay of either kind.</summary>
    internal string FingerprintOf(string nickname) =>
        _ours.SingleOrDefault(relay => relay.Nickname == nickname)?.Fingerprint ?? Node(nickname).Fingerprint;

    /// <summary>A hop that our relay ours1 knows from the consensus.</summary>
    internal async Task<HopTarget> HopAsync(string fingerprint, CancellationToken limit)
    {
        var directory = Our("ours1").Server.Directory!;
        var wanted = RelayFingerprint.Parse(fingerprint);
        var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(NetworkView view)
        {
            if (view.Find(wanted) is not null)
            {
                known.TrySetResult();
            }
        }

        directory.Changed += Look;
        Look(await directory.WaitAsync(limit));
        await known.Task.WaitAsync(limit);
        directory.Changed -= Look;
        return directory.Current!.Find(wanted)!.ToHop();
    }

    /// <summary>A hop that is one of ours, whatever the consensus says.</summary>
    internal static HopTarget HopOf(OurRelay relay) => new(
        relay.Server.Keys.Fingerprint,
        relay.Server.Keys.Identity,
        relay.Server.Keys.NtorKeys.Current.Public,
        [LinkSpecifier.FromEndPoint(relay.OrPort), LinkSpecifier.FromFingerprint(relay.Server.Keys.Fingerprint), LinkSpecifier.FromEd25519(relay.Server.Keys.Identity)]);

    /// <summary>Ends a stock node as a fault would, and starts it again.</summary>
    /// <param name="nickname">Which.</param>
    /// <param name="newKeys">True to forget its keys: it comes back as another relay under the same address.</param>
    /// <param name="gone">Called when the old one is gone.</param>
    internal async Task RestartStockAsync(string nickname, bool newKeys = false, Action? gone = null)
    {
        await Node(nickname).SignalAsync("KILL");
        gone?.Invoke();
        if (newKeys)
        {
            var data = Path.Combine(Folder, "nodes", nickname, "data");
            Directory.Delete(Path.Combine(data, "keys"), recursive: true);
            foreach (var file in Directory.GetFiles(data, "fingerprint*"))
            {
                File.Delete(file);
            }
        }

        await RunAsync("start", nickname, "--owner", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        await DescribeAsync();
    }

    /// <summary>Ends a relay of ours and starts it again on the same port.</summary>
    /// <param name="relay">Which.</param>
    /// <param name="newKeys">True to make new keys: it comes back as another relay.</param>
    /// <param name="gone">Called when the old one is gone.</param>
    internal async Task<OurRelay> RestartAsync(OurRelay relay, bool newKeys = false, Action? gone = null)
    {
        var port = relay.OrPort;
        await relay.DisposeAsync();
        gone?.Invoke();
        if (newKeys)
        {
            Directory.Delete(DataOf(relay.Nickname), recursive: true);
        }

        var successor = await OurRelay.ListenAsync(
            this, relay.Nickname, options => Change(relay.Nickname, options with { Relay = options.Relay with { Listen = port } }));
        _ours[_ours.IndexOf(relay)] = successor;
        successor.Join(this);
        return successor;
    }

    /// <summary>A further relay. It stays until the network ends: once it is listed, others look for it, and would find whoever has its port then.</summary>
    internal async Task<OurRelay> AddAsync(string nickname, TimeProvider time)
    {
        var relay = await OurRelay.ListenAsync(this, nickname, time: time);
        _added.Add(relay);
        return relay;
    }

    /// <summary>From here on, stock nodes may complain that another relay answers at an address.</summary>
    internal void ExpectAnother(IPEndPoint address) => Expect(
        $"(router at|OR connection .* with) {Regex.Escape(address.ToString())} .*(identity keys were not as expected|Problem setting or checking peer id)");

    protected override async Task OnInitializedAsync()
    {
        _clientLogs = new NodeLogs(Folder, "circuits", TimeProvider.System);
        _client = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, _clientLogs);
        _clientLinks = new LinkTable(_client, new LinkOptions());
        string[] names = ["ours1", "ours2", "ours3", "oursexit1", "oursexit2"];
        _ours.AddRange(await Task.WhenAll(names.Select(name => Task.Run(() => OurRelay.ListenAsync(this, name, options => Change(name, options))))));
        Proxy.Start(Our("ours2").OrPort);
        _joined = Task.Run(JoinAsync);
    }

    protected override async Task OnStartedAsync()
    {
        await _joined;
        foreach (var relay in _ours)
        {
            await RunAsync("status", "--wait", "60", "--relay", relay.Fingerprint);
        }

        // Tests stop relays, and stock nodes count that against their guards, not always rightly.
        Expect("^Guard .* is failing |Unexpectedly high use successes counts");
        Expect("EntryNodes is set with multiple entries and at least one hidden service");
        AssertNoComplaints(isEarly: true);
    }

    protected override async Task OnStoppingAsync()
    {
        if (_clientLinks is not null)
        {
            await _clientLinks.DisposeAsync();
        }

        _clientLogs?.Dispose();
        await Task.WhenAll(_ours.Concat(_added).Select(relay => relay.DisposeAsync().AsTask()));
        await Proxy.DisposeAsync();
    }

    /// <summary>Impatient, so that the tests are short.</summary>
    private RelayServerOptions Change(string name, RelayServerOptions options)
    {
        var relay = options.Relay with { ExtendTimeout = TimeSpan.FromSeconds(5) };
        relay = name switch
        {
            "oursexit1" or "oursexit2" => relay with { Policy = ExitPolicy.AcceptAll },
            "ours2" => relay with { AdvertisedPort = Proxy.EndPoint.Port },
            _ => relay,
        };
        return options with { Relay = relay, DataDirectory = DataOf(name) };
    }

    private string DataOf(string name) => Path.Combine(Folder, "ours", name);

    private async Task JoinAsync()
    {
        await AuthoritiesListenAsync();
        foreach (var relay in _ours)
        {
            relay.Join(this);
        }
    }
}
