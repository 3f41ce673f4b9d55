using System.Text.Json;

namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>
/// Each role as its own process, through the built tool alone: a network from nothing, unmodified web servers as an onion service,
/// and curl. Then every role in turn is killed, missed, and started again.
/// </summary>
public sealed class SeparateProcessesTests(ToolNetwork network) : IClassFixture<ToolNetwork>
{
    [SkippableFact]
    public async Task Pythons_web_server_is_an_onion_service_and_is_reached_through_an_exit()
    {
        Programs.Need(ToolNetwork.Needs);
        Assert.Equal(network.Python.Page, await FetchAsync());
        Assert.Equal(network.Python.Page, await FetchThroughAnExitAsync());
    }

    [SkippableFact]
    public async Task Nginx_is_an_onion_service()
    {
        Programs.Need([.. ToolNetwork.Needs, "nginx"]);
        Assert.Equal(network.Nginx!.Page, await Curl.FetchAsync(await network.SocksAsync(), $"http://{network.Address}:8080/"));
    }

    [SkippableFact]
    public async Task The_tool_fetches_looks_up_and_shows()
    {
        Programs.Need(ToolNetwork.Needs);
        var socks = await network.SocksAsync();
        Assert.Equal(network.Python.Page, await FetchThroughAnExitAsync()); // from here on the client knows an exit
        var file = network.Processes.Data("download");
        var got = await ToolRun.Of($"get http://{network.Address}/large -o {file} --socks {socks} --json");
        Assert.True(got.Code == 0, got.Out + got.Error);
        Assert.Equal(await File.ReadAllBytesAsync(network.Python.LargeFile), await File.ReadAllBytesAsync(file));
        Assert.Equal(ExitCode.NotFound, (await ToolRun.Of($"get http://{network.Address}/missing --socks {socks}")).Code);
        var refused = await ToolRun.Of($"get http://127.0.0.1:9/ --socks {socks}");
        Assert.Equal(ExitCode.NotFound, refused.Code);
        Assert.Contains("refuses connections", refused.Error, StringComparison.Ordinal);

        var resolved = await ToolRun.Of($"resolve localhost --socks {socks} --json");
        Assert.True(resolved.Code == 0, resolved.Out + resolved.Error);
        Assert.Equal(0, (await ToolRun.Of($"resolve 127.0.0.1 --socks {socks}")).Code);
        var status = await StatusAsync("service");
        Assert.Equal(network.Address, status.GetProperty("services")[0].GetProperty("address").GetString());
        Assert.NotEqual(0, status.GetProperty("links").GetArrayLength());
        Assert.Equal("99.0.0", (await network.Processes["client"].WaitAsync("outdated")).GetProperty("recommended")[0].GetString());
        Assert.Contains("too old; recommended: 99.0.0", status.GetProperty("network").GetProperty("versionWarning").GetString(), StringComparison.Ordinal);
        var authority = await StatusAsync("auth2");
        Assert.NotNull(authority.GetProperty("consensus").GetString());
        Assert.Equal(0, authority.GetProperty("equivocations").GetArrayLength());
    }

    [SkippableFact]
    public async Task Cookies_are_issued_while_the_service_runs()
    {
        Programs.Need(ToolNetwork.Needs);
        var data = network.Processes.Data("service");
        Assert.Equal(0, (await ToolRun.Of($"cookie issue alice --data {data}")).Code);
        Assert.Contains("alice", (await ToolRun.Of($"cookie list --data {data}")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await ToolRun.Of($"cookie revoke alice --data {data}")).Code);
        Assert.Equal(ExitCode.DirectoryInUse, (await ToolRun.Of($"client --socks 0 --data {network.Processes.Data("client")} --network {network.Network}")).Code);
    }

    [SkippableFact]
    public async Task Every_role_is_killed_and_started_again()
    {
        Programs.Need(ToolNetwork.Needs);

        // While an authority is away the others agree without it, and who depends on them goes on; the next roles die meanwhile.
        await network.Processes.KillAsync("auth1");
        var withoutIt = network.Processes["auth2"].WaitAsync(Signed(2), network.Processes["auth2"].Count);
        Assert.Equal(network.Python.Page, await FetchAsync());
        await DieAsync(await GuardAsync(), FetchAsync);
        await DieAsync("exit1", FetchThroughAnExitAsync);
        await withoutIt;
        await network.Processes.StartAgainAsync("auth1");
        var withIt = network.Processes["auth1"].WaitAsync(Signed(3), 0);

        await network.Python.RestartAsync();
        Assert.Equal(network.Python.Page, await FetchAsync());
        Assert.DoesNotContain("failed", network.Processes["service"].Describe(), StringComparison.Ordinal);
        await TheServiceDiesAsync();
        await network.Processes.KillAsync("client");
        await network.Processes.StartAgainAsync("client");
        Assert.Equal(network.Python.Page, await FetchAsync());
        await withIt;
    }

    /// <summary>A relay dies, is gone round, and comes back as who it was.</summary>
    private async Task DieAsync(string relay, Func<Task<string>> fetch)
    {
        var fingerprint = Fingerprint(await network.Processes[relay].WaitAsync("ready"));
        await network.Processes.KillAsync(relay);
        Assert.Equal(network.Python.Page, await fetch());
        await network.Processes.StartAgainAsync(relay);
        Assert.Equal(fingerprint, Fingerprint(await network.Processes[relay].WaitAsync("ready")));
    }

    private async Task TheServiceDiesAsync()
    {
        await network.Processes.KillAsync("service");
        await network.Processes.StartAgainAsync("service");
        Assert.Equal(network.Address, (await network.Processes["service"].WaitAsync("published")).GetProperty("address").GetString());
        Assert.Equal(network.Python.Page, await FetchAsync());
    }

    /// <summary>The relay that the client, else the service, enters the network by; if both are authorities, a relay in the middle.</summary>
    private async Task<string> GuardAsync()
    {
        foreach (var process in new[] { "client", "service" })
        {
            var peers = (await StatusAsync(process)).GetProperty("links").EnumerateArray().Select(link => link.GetProperty("peer").GetString()!);
            if (peers.FirstOrDefault(peer => peer.StartsWith("relay", StringComparison.Ordinal)) is { } guard)
            {
                return guard;
            }
        }

        return "relay6";
    }

    private async Task<JsonElement> StatusAsync(string process) => (await ToolRun.Of($"status --once --json --data {network.Processes.Data(process)}")).Events[0];

    private async Task<string> FetchAsync() => await Curl.FetchAsync(await network.SocksAsync(), $"http://{network.Address}/");

    private async Task<string> FetchThroughAnExitAsync() => await Curl.FetchAsync(await network.SocksAsync(), $"http://127.0.0.1:{network.Python.Port}/");

    private static Func<JsonElement, bool> Signed(int authorities) =>
        e => e.TryGetProperty("signatures", out var signatures) && signatures.GetInt32() == authorities;

    private static string Fingerprint(JsonElement ready) => ready.GetProperty("fingerprint").GetString()!;
}
