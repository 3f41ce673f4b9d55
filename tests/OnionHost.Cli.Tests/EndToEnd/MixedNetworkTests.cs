namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>An embedded network of which one authority, some relays and a client run in one process, and the rest in processes of their own.</summary>
public sealed class MixedNetworkTests
{
    [SkippableFact]
    public async Task Processes_and_an_embedded_network_make_one_network()
    {
        Programs.Need("curl", "python3");
        await using var web = await WebServer.PythonAsync();
        await using var processes = new ToolProcesses();
        var lines = processes.Data("others.torrc");
        foreach (var name in new[] { "far1", "far2" })
        {
            await File.AppendAllTextAsync(lines, (await ToolRun.Of($"authority keys --nickname {name} --data {processes.Data(name)}")).Out);
        }

        // Its one authority cannot agree alone: it tells who it is, and waits for those elsewhere.
        processes.Start("network", $"network up --authorities 1 --relays 3 --exits 1 --voting-interval 15s --socks 0 --network {lines}");
        var network = (await processes["network"].WaitAsync("listening")).GetProperty("network").GetString()!;
        processes.Start("far1", $"authority --approve-all --network {network}");
        processes.Start("far2", $"authority --approve-all --network {network}");
        processes.Start("far3", $"relay --nickname far3 --or-port 0 --network {network}");
        processes.Start("service", $"service --target {web.Port} --network {network}");
        processes.Start("client", $"client --socks 0 --network {network}");

        var address = (await processes["service"].WaitAsync("ready")).GetProperty("address").GetString();
        foreach (var client in new[] { "network", "client" })
        {
            var socks = (await processes[client].WaitAsync("ready")).GetProperty("socks").GetString()!;
            Assert.Equal(web.Page, await Curl.FetchAsync(socks, $"http://{address}/"));
        }

        await processes["far3"].WaitAsync("listed");
        await processes["far1"].WaitAsync(e => e.TryGetProperty("signatures", out var signatures) && signatures.GetInt32() == 3, 0);
        Assert.All(await processes.EndAsync(), code => Assert.Equal(0, code));
    }
}
