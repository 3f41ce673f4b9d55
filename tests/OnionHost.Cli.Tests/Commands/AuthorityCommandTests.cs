using OnionHost.Cli.Nodes;

namespace OnionHost.Cli.Tests.Commands;

public sealed class AuthorityCommandTests : IDisposable
{
    private const string Fingerprint = "4F067C5C488173987B568CD7245F1CA71DEE996B";

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Keys_give_a_line_that_stays()
    {
        var first = await ToolRun.Of($"authority keys --nickname auth1 --data {_folder["a"]}");
        Assert.StartsWith("DirAuthority auth1 orport=", first.Out, StringComparison.Ordinal);
        var again = await ToolRun.Of($"authority keys --data {_folder["a"]}");
        Assert.Equal(first.Out, again.Out);
        Assert.Equal(first.Out.Trim(), (await File.ReadAllTextAsync(_folder["a/" + AuthorityHome.LineFile])).Trim());

        var moved = await ToolRun.Of($"authority keys --or-port 5001 --data {_folder["a"]}");
        Assert.StartsWith("DirAuthority auth1 orport=5001 ", moved.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_its_network_does_not_name_says_which_line_is_missing()
    {
        var keys = await ToolRun.Of($"authority keys --nickname auth1 --data {_folder["a"]}");
        var run = await ToolRun.Of($"authority --data {_folder["a"]} --network {_folder.Write("net", SomeNetwork.Unreachable)}");
        Assert.Equal(ExitCode.NetworkFile, run.Code);
        Assert.Contains("does not name this authority", run.Error, StringComparison.Ordinal);
        Assert.Contains(keys.Out.Trim(), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relays_are_approved_rejected_and_forgotten()
    {
        Directory.CreateDirectory(_folder["a"]);
        Assert.Equal(0, (await ToolRun.Of($"authority approve {Fingerprint.ToLowerInvariant()} --data {_folder["a"]}")).Code);
        Assert.Contains($"approved  {Fingerprint}", (await ToolRun.Of($"authority list --data {_folder["a"]}")).Out, StringComparison.Ordinal);
        await ToolRun.Of($"authority reject ${Fingerprint} --data {_folder["a"]}");
        Assert.Equal("rejected", (await ToolRun.Of($"authority list --json --data {_folder["a"]}")).Events[0].GetProperty("state").GetString());
        await ToolRun.Of($"authority forget {Fingerprint} --data {_folder["a"]}");
        Assert.Empty((await ToolRun.Of($"authority list --data {_folder["a"]}")).Out);
    }

    [Fact]
    public async Task Recommended_versions_have_to_be_versions()
    {
        var run = await ToolRun.Of($"authority --client-versions latest --server-versions 0.2.0,0.4.9.11 --data {_folder["a"]} --network {_folder.Write("net", SomeNetwork.Unreachable)}");
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        Assert.Contains("--client-versions: 'latest' is not right. It takes versions with commas between", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--server-versions", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_has_to_be_an_authority() =>
        Assert.Equal(ExitCode.NotFound, (await ToolRun.Of($"authority approve {Fingerprint} --data {_folder["none"]}")).Code);
}
