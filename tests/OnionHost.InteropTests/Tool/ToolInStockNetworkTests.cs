using System.Text.Json;

namespace OnionHost.InteropTests.Tool;

/// <summary>Processes of the tool join a stock network by the tool alone, in every role.</summary>
[Collection(ToolSuite.Name)]
public sealed class ToolInStockNetworkTests(ToolAmongStock network) : JudgedTest(network)
{
    [SkippableFact]
    public Task Its_authority_agrees_with_stock_ones_on_its_relay() => JudgeAsync(async () =>
    {
        var agreed = await network["authority"].WaitAsync(
            told => told.TryGetProperty("signatures", out var signatures) && signatures.GetInt32() == 3, 0).WaitAsync(Stop);
        Assert.True(agreed.GetProperty("relays").GetInt32() >= 6, agreed.GetRawText());
        await network["relay"].WaitAsync("listed").WaitAsync(Stop);
        var status = JsonDocument.Parse(await network.RunAsync("status", "--json")).RootElement;
        var flags = status.GetProperty("consensus").GetProperty("relays").EnumerateArray()
            .Single(relay => relay.GetProperty("nickname").GetString() == "toolrelay").GetProperty("flags").EnumerateArray().Select(flag => flag.GetString());
        Assert.Equal(["Fast", "Guard", "HSDir", "Running", "Stable", "V2Dir", "Valid"], flags.Order());
    });

    [SkippableTheory]
    [InlineData("toolrelay,relay1,exit1")]
    [InlineData("relay1,toolrelay,exit1")]
    public Task A_stock_client_goes_through_its_relay(string path) => JudgeAsync(async () =>
    {
        await KnowAsync((await network["relay"].WaitAsync("ready").WaitAsync(Stop)).GetProperty("fingerprint").GetString()!);
        await network.RunAsync("path", "--via", path);
    });

    [SkippableFact]
    public Task A_stock_client_visits_its_service() => JudgeAsync(async () =>
        AssertGood(await network.RunAsync("check", "--no-exit", "--onion", await AddressAsync())));

    [SkippableFact]
    public Task Its_client_uses_stock_exits_and_visits_its_service() => JudgeAsync(async () =>
    {
        var socks = (await network["client"].WaitAsync("ready").WaitAsync(Stop)).GetProperty("socks").GetString()!;
        AssertGood(await network.RunAsync("check", "--socks", socks, "--onion", await AddressAsync()));
    });

    private static void AssertGood(string checks) => Assert.DoesNotContain("FAIL", checks, StringComparison.Ordinal);

    private async Task<string> AddressAsync() => (await network["service"].WaitAsync("published").WaitAsync(Stop)).GetProperty("address").GetString()!;

    /// <summary>The stock client learns of a relay with the next consensus that it fetches, and then fetches what describes it.</summary>
    private async Task KnowAsync(string fingerprint)
    {
        await using var control = await StockControl.ConnectAsync(network.Node("client1"), Stop);
        while (!await KnowsAsync(control, fingerprint))
        {
            // No event tells of microdescriptors.
            await Task.Delay(100, Stop);
        }
    }

    private async Task<bool> KnowsAsync(StockControl control, string fingerprint)
    {
        try
        {
            await control.SendAsync("GETINFO md/id/" + fingerprint, Stop);
            return true;
        }
        catch (InvalidOperationException unknown) when (unknown.Message.Contains(" 552", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
