using System.Diagnostics;
using System.Net;
using OnionHost.Cli.Tests.EndToEnd;
using OnionHost.Network.Storage;
using OnionHost.Protocol.Cryptography;
using OnionHost.Rendezvous.Cookies;

namespace OnionHost.InteropTests.Tool;

/// <summary>Addresses move between C tor and the tool as docs/tool.md says, and authorized clients with them.</summary>
[Collection(ToolSuite.Name)]
public sealed class AddressMoveTests(ToolAmongStock network) : JudgedTest(network)
{
    private const string Page = "tornet: it works\n";

    [SkippableFact]
    public Task One_goes_to_C_tor_and_one_comes_from_it() => JudgeAsync(
        async () =>
        {
            network.Expect(@"unrecognized filename alice\.json");
            await using var stock = await StockControl.ConnectAsync(network.Node("client1"), Stop);
            var socks = IPEndPoint.Parse((await network["client"].WaitAsync("ready").WaitAsync(Stop)).GetProperty("socks").GetString()!);
            var ours = network.Start("moving", Service(string.Empty));
            var ourAddress = (await ours.WaitAsync("address").WaitAsync(Stop)).GetProperty("address").GetString()!;
            var alice = (await ToolProcess.RunAsync($"cookie issue alice --data {network.DataOf("moving")}")).GetProperty("address").GetString()!;
            using var bob = OnionCookie.Generate(SystemRandomSource.Instance);
            var theirs = MakeStockDirectory(bob);
            var theirAddress = await stock.HostAsync(theirs, 80, network.Http, Stop);
            await ours.WaitAsync("published").WaitAsync(Stop);
            await stock.AuthorizeAsync(ourAddress.Split('.')[0], alice.Split('.')[0], Stop);
            Assert.Equal(Page, await Curl.RunAsync(network.Node("client1").SocksPort, Stop, $"http://{ourAddress}/"));
            Assert.Equal(Page, await Curl.RunAsync(socks, Stop, $"http://{bob.Label}.{theirAddress}/"));

            // Each goes to the other's host. Visitors change places too: who comes now has never been there.
            Assert.Equal(0, await ours.EndAsync().WaitAsync(Stop));
            var moved = network.DataOf("moved");
            using (var copy = Process.Start("cp", ["-a", Path.Combine(network.DataOf("moving"), "service"), moved]))
            {
                await copy.WaitForExitAsync(Stop);
            }

            Assert.Equal(ourAddress, await stock.HostAsync(moved, 80, network.Http, Stop));
            var back = network.Start("back", Service($"--keys {theirs}"));
            Assert.Equal(theirAddress, (await back.WaitAsync("published").WaitAsync(Stop)).GetProperty("address").GetString());
            Assert.Equal(Page, await Curl.RunAsync(socks, Stop, $"http://{alice}/"));
            await RefusedAsync(socks, ourAddress);
            await stock.AuthorizeAsync(theirAddress.Split('.')[0], bob.Label, Stop);
            Assert.Equal(Page, await Curl.RunAsync(network.Node("client1").SocksPort, Stop, $"http://{theirAddress}/"));
            await RefusedAsync(socks, theirAddress);
            Assert.Equal(0, await back.EndAsync().WaitAsync(Stop));
            await stock.SendAsync("RESETCONF HiddenServiceDir HiddenServicePort", Stop);
        },
        seconds: 240);

    private async Task RefusedAsync(IPEndPoint socks, string address) =>
        await Assert.ThrowsAsync<CurlException>(() => Curl.RunAsync(socks, Stop, $"http://{address}/"));

    private string Service(string more) => $"service --target {network.Http} --require-cookie --allow-descriptor-only {more}";

    /// <summary>A HiddenServiceDir with an authorized client, as an operator of C tor makes it; tor itself makes the keys.</summary>
    private string MakeStockDirectory(OnionCookie client)
    {
        var folder = network.DataOf("theirs");
        var clients = Path.Combine(folder, "authorized_clients");
        PrivateFiles.CreateFolder(folder);
        PrivateFiles.CreateFolder(clients);
        using var key = client.DescriptorKey();
        File.WriteAllText(Path.Combine(clients, "bob.auth"), $"descriptor:x25519:{Protocol.Encoding.Text.EncodeBase32(key.Public.Span).ToUpperInvariant()}\n");
        return folder;
    }
}
