using System.Text.Json;
using OnionHost.Tests.Shared;

namespace OnionHost.Cli.Tests.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vote-auth1.txt", "vote", 1)]
    [InlineData("keys-all.txt", "authority's certificate", 3)]
    [InlineData("server-all.txt", "server descriptor", 8)]
    [InlineData("extra-all.txt", "extra-info document", 8)]
    [InlineData("microdescs.txt", "microdescriptor", 8)]
    public async Task Documents_are_explained(string fixture, string kind, int least)
    {
        var run = await ToolRun.Of($"inspect {Fixture(fixture)} --json");
        Assert.Equal(0, run.Code);
        Assert.True(run.Events.Count >= least);
        Assert.All(run.Events, report => Assert.Equal(kind, report.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task The_proof_that_an_authority_signed_two_votes_shows_both()
    {
        var vote = Vectors.Text("fixtures/vote-auth1.txt");
        var run = await ToolRun.Of($"inspect {_folder.Write("proof", vote + vote)} --json");
        Assert.Equal(["vote", "vote"], run.Events.Select(report => report.GetProperty("kind").GetString()));
    }

    [Theory]
    [InlineData("consensus-ns.txt")]
    [InlineData("consensus-microdesc.txt")]
    public async Task Signatures_of_a_consensus_are_verified(string fixture)
    {
        var run = await ToolRun.Of($"inspect {Fixture(fixture)} --certificates {Fixture("keys-all.txt")}");
        Assert.Contains("ok  signed by 3 of the 3 authorities", run.Out, StringComparison.Ordinal);

        // It was valid for a minute, long ago.
        Assert.Contains("BAD valid now", run.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Invalid, run.Code);

        var other = await ToolRun.Of($"inspect {Fixture(fixture)} --certificates {Fixture("keys-all.txt")} --network {_folder.Write("net", SomeNetwork.Unreachable)}");
        Assert.DoesNotContain("ok  signed", other.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_onion_descriptor_of_stock_tor_is_opened_with_its_address()
    {
        var vector = Vectors.Load("hs_descriptor.json").GetProperty("descriptors")[0];
        var minutes = vector.GetProperty("time_period_length_min").GetInt32();
        var time = new FixedTime(DateTimeOffset.FromUnixTimeSeconds((vector.GetProperty("time_period_num").GetInt64() * minutes + minutes / 2) * 60));
        var file = _folder.Write("descriptor.txt", vector.GetProperty("descriptor").GetString()!);
        var authorities = SomeNetwork.Unreachable.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line["DirAuthority ".Length..]);
        var network = _folder.Write("network.json", JsonSerializer.Serialize(
            new { dir_authorities = authorities, consensus_params = new Dictionary<string, int> { ["hsdir_interval"] = minutes } }));

        var outside = await ToolRun.Of(["inspect", file], time: time);
        Assert.Equal(0, outside.Code);
        Assert.Contains("introduction points: needs the address", outside.Out, StringComparison.Ordinal);

        var run = await ToolRun.Of(["inspect", file, "--onion", vector.GetProperty("onion").GetString()!, "--network", network], time: time);
        Assert.Equal(0, run.Code);
        Assert.Contains("both layers open", run.Out, StringComparison.Ordinal);

        var other = await ToolRun.Of(["inspect", file, "--onion", "ttthoc7ui5hon6htccl5kcfzwulcz66lzcb5rj3zyqjzbofzmtvvttid.onion", "--network", network], time: time);
        Assert.Equal(ExitCode.Invalid, other.Code);
    }

    [Fact]
    public async Task A_changed_document_is_found_out()
    {
        var text = Vectors.Text("fixtures/server-all.txt").Replace("uptime 7", "uptime 8", StringComparison.Ordinal);
        var run = await ToolRun.Of($"inspect {_folder.Write("changed", text)}");
        Assert.Equal(ExitCode.Invalid, run.Code);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_files_are_refused()
    {
        Assert.Equal(ExitCode.Invalid, (await ToolRun.Of($"inspect {_folder.Write("other", "root:x:0:0\n")}")).Code);
        Assert.Equal(ExitCode.NotFound, (await ToolRun.Of($"inspect {_folder["none"]}")).Code);
    }

    [Fact]
    public async Task Keys_are_not_explained()
    {
        await ToolRun.Of($"authority keys --data {_folder["a"]}");
        Assert.Equal(ExitCode.Invalid, (await ToolRun.Of($"inspect {_folder["a/keys/secret_id_key"]}")).Code);
        var certificate = await ToolRun.Of($"inspect {_folder["a/keys/ed25519_signing_cert"]}");
        Assert.Equal(0, certificate.Code);
        Assert.Contains("ok  signed by the key in it", certificate.Out, StringComparison.Ordinal);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private string Fixture(string name) => _folder.Write(name, Vectors.Text("fixtures/" + name));
}
