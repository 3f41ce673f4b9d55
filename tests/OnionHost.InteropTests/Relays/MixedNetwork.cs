using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Cryptography;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.InteropTests;

/// <summary>
/// Three stock authorities, three stock relays and six of ours: all tests of our relays that end no node share this network. The stock
/// client client2 and the stock service service2 use our relays only.
/// </summary>
public sealed class MixedNetwork : StockNetwork
{
    private static readonly string[] StockRelays = ["auth1", "auth2", "auth3", "relay1", "relay2", "exit1"];

    private readonly List<OurRelay> _ours = [];
    private Task _joined = Task.CompletedTask;

    /// <summary>The key of the family of ours3 and ours4.</summary>
    internal Ed25519KeyPair FamilyKey { get; } = Ed25519KeyPair.Generate(SystemRandomSource.Instance);

    /// <summary>Our relays; the last two are exits.</summary>
    internal IReadOnlyList<OurRelay> Ours => _ours;

    /// <summary>Lines of the stock nodes' logs that complain about our relays; none is how it should be.</summary>
    internal IReadOnlyList<string> Complaints =>
        StockLogs.About(this, _ours.SelectMany(relay => new[] { relay.Nickname, relay.Fingerprint, $"127.0.0.1:{relay.OrPort.Port}" }));

    protected override StockShape Shape => new()
    {
        Relays = 2,
        Exits = 1,
        Clients = 2,
        Services = 2,
        More =
        [
            "--set", $"client2,service2:ExcludeNodes {string.Join(',', StockRelays)}",
            "--set", "client2:ReducedConnectionPadding 1",
            "--set", "authority:AuthDirHasIPv6Connectivity 1",
            "--set", "service2:HiddenServiceEnableIntroDoSDefense 1",
            "--set", "service2:HiddenServiceEnableIntroDoSRatePerSec 20",
            "--set", "service2:HiddenServiceEnableIntroDoSBurstPerSec 40",
        ],
    };

    internal OurRelay Our(string nickname) => _ours.Single(relay => relay.Nickname == nickname);

    protected override async Task OnInitializedAsync()
    {
        string[] names = ["ours1", "ours2", "ours3", "ours4", "oursexit1", "oursexit2"];
        _ours.AddRange(await Task.WhenAll(names.Select(name => Task.Run(() => OurRelay.ListenAsync(this, name, Change(name))))));
        _joined = Task.Run(JoinAsync);
    }

    protected override async Task OnStartedAsync()
    {
        await _joined;
        foreach (var relay in _ours)
        {
            await RunAsync("status", "--wait", "60", "--relay", relay.Fingerprint);
        }
    }

    protected override async Task OnStoppingAsync() => await Task.WhenAll(_ours.Select(relay => relay.DisposeAsync().AsTask()));

    /// <summary>Exits, one relay with an IPv6 address, and two of one family.</summary>
    private Func<RelayServerOptions, RelayServerOptions>? Change(string name) => name switch
    {
        "oursexit1" or "oursexit2" => OurRelay.AsExit,
        "ours2" when Socket.OSSupportsIPv6 => options => options with { Relay = options.Relay with { ListenIPv6 = new IPEndPoint(IPAddress.IPv6Loopback, 0) } },
        "ours3" or "ours4" => options => options with { Relay = options.Relay with { FamilyKeys = [FamilyKey], Family = ["ours3", "ours4"] } },
        _ => null,
    };

    /// <summary>Not before all authorities listen: one that learns of a relay by another's vote first, tests it 20 minutes later.</summary>
    private async Task JoinAsync()
    {
        await AuthoritiesListenAsync();
        foreach (var relay in _ours)
        {
            relay.Join(this);
        }
    }
}
