using System.Globalization;
using System.Net;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;

namespace OnionHost.InteropTests;

/// <summary>
/// Half of every role stock, half ours, under load while relays are killed and come back: nothing is lost but what a killed relay carried.
/// ONIONHOST_MIXED_SECONDS=300 makes it as long as it should be now and then.
/// </summary>
[Collection(FaultNetworkSuite.Name)]
public sealed class MixedRunTests(FaultNetwork network) : JudgedTest(network)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(2);

    private readonly List<(DateTimeOffset At, DateTimeOffset Gone, string Name)> _kills = [];

    private static TimeSpan Length => TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("ONIONHOST_MIXED_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 60);

    [SkippableFact]
    public Task Nothing_is_lost_but_what_a_killed_relay_carried() => JudgeAsync(async () =>
    {
        // The stock client of the exit flow is given an address; a descriptor that comes when the time period has just changed is decrypted with
        // the new one's keys.
        network.Expect("is giving Tor only an IP address");
        network.Expect("Decrypting superencrypted desc failed|Service descriptor decryption failed|HSDesc parsing failed");

        // Whatever other tests ended may have cost the stock service the circuits that it may launch in five minutes: it starts anew.
        await network.RestartStockAsync("service1");
        using var late = new CancellationTokenSource(StartLimit);
        using var serviceLogs = new NodeLogs(network.Folder, "service", TimeProvider.System);
        using var clientLogs = new NodeLogs(network.Folder, "client", TimeProvider.System);
        await using var host = new TorClient(Options(serviceLogs, socks: null));
        await using var client = new TorClient(Options(clientLogs, new IPEndPoint(IPAddress.Loopback, 0)));
        await Task.WhenAll(host.StartAsync(late.Token), client.StartAsync(late.Token));
        await using var service = await host.AddServiceAsync(new OnionServiceOptions(), late.Token);
        await using var forwarder = new OnionForwarder(service, 80, network.Http);
        await Task.WhenAll(service.WaitUntilReachableAsync(late.Token), client.WaitUntilReadyAsync(late.Token));

        using var http = new HttpClient();
        var digest = (await http.GetStringAsync($"http://{network.Http}{LoadFlow.DigestPath}", late.Token)).Trim();
        var stock = network.Node("client1").SocksPort;
        LoadFlow[] flows =
        [
            new("stock client, exit", stock, network.Http.ToString(), digest),
            new("stock client, stock service", stock, network.OnionHostName, digest),
            new("stock client, our service", stock, service.Address.ToString(), digest),
            new("our client, exit", client.SocksEndPoint!, network.Http.ToString(), digest),
            new("our client, stock service", client.SocksEndPoint!, network.OnionHostName, digest),
            new("our client, our service", client.SocksEndPoint!, service.Address.ToString(), digest),
        ];

        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(flows.Select(flow => flow.RunAsync(stop.Token)));
        await RestartInTurnAsync();
        stop.CancelAfter(Calm);
        await load;
        await File.WriteAllLinesAsync(Path.Combine(network.Folder, "ours", "load.log"), Report(flows));

        Assert.NotEmpty(_kills);
        Assert.All(flows, flow => Assert.True(flow.LastDone > _kills[^1].Gone, $"{flow.Name} does not work any more"));
        Assert.DoesNotContain(flows, flow => flow.Failed.Any(failed => !IsExcused(failed)));
    }, (int)(StartLimit + (2 * Length)).TotalSeconds);

    /// <summary>True if a relay was killed while the fetch went on, or so shortly before that circuits were still built through it.</summary>
    private bool IsExcused(LoadFault fault) => _kills.Exists(kill => fault.From <= kill.Gone + Notice && kill.At <= fault.Until);

    private IEnumerable<string> Report(IEnumerable<LoadFlow> flows) =>
    [
        .. _kills.Select(kill => $"{kill.At:HH:mm:ss.fff} {kill.Name} ends"),
        .. flows.SelectMany(flow => flow.Failed.Select(f =>
            $"{f.From:HH:mm:ss.fff} to {f.Until:HH:mm:ss.fff} {flow.Name} {(IsExcused(f) ? "while a relay ended" : "FOR NO REASON")}: {f.Fault}")),
        .. flows.Select(flow => $"{flow.Name}: {flow.Done} fetches"),
    ];

    private TorClientOptions Options(NodeLogs logs, IPEndPoint? socks) => new()
    {
        Authorities = network.Authorities,
        SocksEndPoint = socks,
        EnforceDistinctSubnets = false,
        AllowPrivateAddresses = true,
        LoggerFactory = logs,
    };

    /// <summary>One relay after the other, and again; each is back before the next one goes.</summary>
    private async Task RestartInTurnAsync()
    {
        var turn = FaultNetwork.Restarting;
        using var pace = new PeriodicTimer(Pause);
        for (var i = 0; i < Math.Max(turn.Count, Length / Pause); i++)
        {
            await pace.WaitForNextTickAsync();
            var name = turn[i % turn.Count];
            var at = TimeProvider.System.GetUtcNow();
            void Gone() => _kills.Add((at, TimeProvider.System.GetUtcNow(), name));
            if (name.StartsWith("ours", StringComparison.Ordinal))
            {
                await network.RestartAsync(network.Our(name), gone: Gone);
            }
            else
            {
                await network.RestartStockAsync(name, gone: Gone);
            }
        }
    }
}
