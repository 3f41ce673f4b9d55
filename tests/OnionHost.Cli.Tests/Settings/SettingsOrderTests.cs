namespace OnionHost.Cli.Tests.Settings;

/// <summary>The command line goes before the environment, and that before the JSON file.</summary>
public sealed class SettingsOrderTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, null, "fromfile")]
    [InlineData(null, "fromenvironment", "fromenvironment")]
    [InlineData("fromline", "fromenvironment", "fromline")]
    public async Task The_nearer_source_wins(string? line, string? environment, string expected)
    {
        var config = _folder.Write("tool.json", """{ "nickname": "fromfile", "json": true, /* a comment */ "orPort": 4321, }""");
        List<string> args = ["authority", "keys", "--data", _folder["a"], "--config", config, .. line is null ? [] : new[] { "--nickname", line }];
        Dictionary<string, string> variables = environment is null ? [] : new() { ["ONIONHOST_NICKNAME"] = environment };

        var run = await ToolRun.Of(args, variables);

        Assert.Equal(0, run.Code);
        Assert.StartsWith($"DirAuthority {expected} orport=4321 ", run.Events[0].GetProperty("line").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_name_the_source()
    {
        var config = _folder.Write("tool.json", """{ "or-port": 70000, "colour": "red" }""");
        var run = await ToolRun.Of(["relay", "--config", config], new Dictionary<string, string> { ["ONIONHOST_BANDWIDTH_RATE"] = "slow" });
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        Assert.Contains($"--or-port (from {config}): '70000'", run.Error, StringComparison.Ordinal);
        Assert.Contains("--bandwidth-rate (from ONIONHOST_BANDWIDTH_RATE): 'slow'", run.Error, StringComparison.Ordinal);
        Assert.Contains("'colour', which 'relay' does not know", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "cannot be used")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{ "nickname": { } }""", "'nickname'")]
    public async Task A_malformed_file_is_told(string text, string expected)
    {
        var run = await ToolRun.Of(["client", "--config", _folder.Write("tool.json", text)]);
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
