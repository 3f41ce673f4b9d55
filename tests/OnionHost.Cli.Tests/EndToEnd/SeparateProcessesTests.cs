using System.Text.Json;

namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>
/// Each role as its own process, through the built tool alone: a network from nothing, an unmodified web server as an onion service,
/// and curl. Then every role in turn is killed, missed, and started again.
/// </summary>
public sealed class SeparateProcessesTests
{
    [SkippableFact]
    public async Task A_network_of_processes_forms_serves_and_survives()
    {
        Skip.IfNot(Curl.IsInstalled, "curl or python3 is not installed. On Debian or Ubuntu: sudo apt-get install curl python3.");
        await using var web = await WebServer.StartAsync();
        await using var network = await ToolNetwork.StartAsync(web.Port);
        var socks = await network.SocksAsync();
        var address = (await network["service"].WaitAsync("published")).GetProperty("address").GetString()!;

        Assert.Equal(WebServer.Page, await Curl.FetchAsync(socks, $"http://{address}/"));
        Assert.Equal(WebServer.Page, await Curl.FetchAsync(socks, $"http://{address}:8080/"));
        Assert.Equal(WebServer.Page, await Curl.FetchAsync(socks, $"http://127.0.0.1:{web.Port}/"));
        Assert.Equal("99.0.0", (await network["client"].WaitAsync("outdated")).GetProperty("recommended")[0].GetString());
        await FetchWithTheToolAsync(socks, address, web, network);
        await IssueACookieWhileItRunsAsync(network);

        await ARelayDiesAsync(network, socks, address);
        await AnAuthorityDiesAsync(network);
        await TheWebServerDiesAsync(network, web, socks, address);
        await TheServiceDiesAsync(network, socks, address);
        await TheClientDiesAsync(network, address);
        Assert.All(await network.EndAsync(), code => Assert.Equal(0, code));
    }

    private static async Task FetchWithTheToolAsync(string socks, string address, WebServer web, ToolNetwork network)
    {
        var file = network.Data("download");
        var got = await ToolRun.Of($"get http://{address}/large -o {file} --socks {socks} --json");
        Assert.True(got.Code == 0, got.Out + got.Error);
        Assert.Equal(await File.ReadAllBytesAsync(web.LargeFile), await File.ReadAllBytesAsync(file));
        Assert.Equal(ExitCode.NotFound, (await ToolRun.Of($"get http://{address}/missing --socks {socks}")).Code);

        var resolved = await ToolRun.Of($"resolve localhost --socks {socks} --json");
        Assert.True(resolved.Code == 0, resolved.Out + resolved.Error);
        Assert.Equal(0, (await ToolRun.Of($"resolve 127.0.0.1 --socks {socks}")).Code);
        var status = (await ToolRun.Of($"status --once --json --data {network.Data("service")}")).Events[0];
        Assert.Equal(address, status.GetProperty("services")[0].GetProperty("address").GetString());
        Assert.NotEqual(0, status.GetProperty("links").GetArrayLength());
        Assert.Contains("too old; recommended: 99.0.0", status.GetProperty("network").GetProperty("versionWarning").GetString(), StringComparison.Ordinal);
        var authority = (await ToolRun.Of($"status --once --json --data {network.Data("auth2")}")).Events[0];
        Assert.NotNull(authority.GetProperty("consensus").GetString());
        Assert.Equal(0, authority.GetProperty("equivocations").GetArrayLength());
    }

    private static async Task IssueACookieWhileItRunsAsync(ToolNetwork network)
    {
        Assert.Equal(0, (await ToolRun.Of($"cookie issue alice --data {network.Data("service")}")).Code);
        Assert.Contains("alice", (await ToolRun.Of($"cookie list --data {network.Data("service")}")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await ToolRun.Of($"cookie revoke alice --data {network.Data("service")}")).Code);
        Assert.Equal(ExitCode.DirectoryInUse, (await ToolRun.Of($"client --socks 0 --data {network.Data("client")} --network {network.Data("network.torrc")}")).Code);
    }

    private static async Task ARelayDiesAsync(ToolNetwork network, string socks, string address)
    {
        var fingerprint = Fingerprint(await network["relay6"].WaitAsync("ready"));
        await network.KillAsync("relay6");
        Assert.Equal(WebServer.Page, await Curl.FetchAsync(socks, $"http://{address}/"));
        await network.StartAgainAsync("relay6");
        Assert.Equal(fingerprint, Fingerprint(await network["relay6"].WaitAsync("ready")));
    }

    private static async Task AnAuthorityDiesAsync(ToolNetwork network)
    {
        await network.KillAsync("auth1");

        // The others go on: not this consensus, which all three may have made, but the one after it.
        var from = network["auth2"].Count;
        await network["auth2"].WaitAsync("consensus", from);
        Assert.Equal(2, (await network["auth2"].WaitAsync("consensus", network["auth2"].Count)).GetProperty("signatures").GetInt32());

        await network.StartAgainAsync("auth1");
        await network["auth1"].WaitAsync(e => e.TryGetProperty("signatures", out var signatures) && signatures.GetInt32() == 3, 0);
    }

    private static async Task TheWebServerDiesAsync(ToolNetwork network, WebServer web, string socks, string address)
    {
        await web.RestartAsync();
        Assert.Equal(WebServer.Page, await Curl.FetchAsync(socks, $"http://{address}/"));
        Assert.DoesNotContain("failed", network["service"].Describe(), StringComparison.Ordinal);
    }

    private static async Task TheServiceDiesAsync(ToolNetwork network, string socks, string address)
    {
        await network.KillAsync("service");
        await network.StartAgainAsync("service");
        Assert.Equal(address, (await network["service"].WaitAsync("published")).GetProperty("address").GetString());
        Assert.Equal(WebServer.Page, await Curl.FetchAsync(socks, $"http://{address}/"));
    }

    private static async Task TheClientDiesAsync(ToolNetwork network, string address)
    {
        await network.KillAsync("client");
        await network.StartAgainAsync("client");
        Assert.Equal(WebServer.Page, await Curl.FetchAsync(await network.SocksAsync(), $"http://{address}/"));
    }

    private static string Fingerprint(JsonElement ready) => ready.GetProperty("fingerprint").GetString()!;
}
