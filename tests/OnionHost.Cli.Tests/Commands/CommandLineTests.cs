using OnionHost.Cli.Commands;

namespace OnionHost.Cli.Tests.Commands;

/// <summary>What each command says of wrong options, all of it at once, and of itself.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<string> EveryCommand => [.. Names(Tool.Commands, string.Empty)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Help_has_an_example(string command)
    {
        var run = await ToolRun.Of(command + " --help");
        Assert.Equal(0, run.Code);
        Assert.Contains("Example:", run.Out, StringComparison.Ordinal);
        Assert.Contains($"onionhost {command.Split(' ')[0]}", run.Out[run.Out.IndexOf("Example:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Unknown_options_are_refused(string command)
    {
        var run = await ToolRun.Of(command + " --no-such-option");
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        Assert.Contains("'--no-such-option'", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_help_is_shown()
    {
        var run = await ToolRun.Of(string.Empty);
        Assert.Contains("network", run.Out, StringComparison.Ordinal);
        Assert.Contains("cookie", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_a_relay_are_told_together()
    {
        var run = await ToolRun.Of(
            ["relay", "--or-port", "x", "--nickname", "much-too-wrong!", "--exit-policy", "allow all", "--bandwidth-rate", "1", "--contact", "a\nb", "--wait", "soon"]);
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        foreach (var option in new[] { "--network", "--or-port", "--nickname", "--exit-policy", "--bandwidth-rate", "--contact", "--wait" })
        {
            Assert.Contains($"onionhost: {option}: ", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("network up --authorities 10", "--authorities: 10 is out of range")]
    [InlineData("network up --relays 2", "--relays: 2 is out of range")]
    [InlineData("network up --exits 7", "--exits: 7 is out of range")]
    [InlineData("network up --authorities 0", "--authorities: 0 is out of range")]
    [InlineData("network up --network /no/such/file", "--network: The network file /no/such/file does not exist")]
    [InlineData("network up --socks 0.0.0.0:9050", "can be reached by other machines")]
    [InlineData("network up --voting-interval 1s", "--voting-interval")]
    [InlineData("client", "--network: it is missing")]
    [InlineData("client --network /no/such/file", "does not exist")]
    [InlineData("client --network tor --socks 192.0.2.1:9050", "--socks: 192.0.2.1")]
    [InlineData("relay --network tor", "--address: it is missing")]
    [InlineData("relay --network tor --bandwidth-rate 2MB --bandwidth-burst 1MB", "--bandwidth-burst: it is less than --bandwidth-rate")]
    [InlineData("authority --network tor --param x", "--param: 'x' is not right")]
    [InlineData("authority approve xyz", "FINGERPRINT: 'xyz'")]
    [InlineData("authority approve", "FINGERPRINT")]
    [InlineData("service --network tor", "--target: it is missing")]
    [InlineData("service --network tor --target 127.0.0.1", "--target: '127.0.0.1'")]
    [InlineData("service --network tor --target 80 --unix /x", "--target is given too")]
    [InlineData("service --network tor --target 80 --port 80 --port 80=81", "80 is given twice")]
    [InlineData("service --network tor --target 80 --port 0", "--port: '0'")]
    [InlineData("service --network tor --target 80 --max-streams 0", "--max-streams: '0'")]
    [InlineData("service --network tor --target 80 --introduction-points 21", "--introduction-points: '21'")]
    [InlineData("service --network tor --target 80 --allow-descriptor-only", "no effect without --require-cookie")]
    [InlineData("cookie issue alice --expires never", "--expires: 'never'")]
    [InlineData("cookie issue", "NAME")]
    [InlineData("resolve www.example.com", "--socks or --network")]
    [InlineData("resolve a..b --socks 9050", "NAME: 'a..b'")]
    [InlineData("resolve aaaa.onion --socks 9050", "has no IP address")]
    [InlineData("get ftp://example.com --socks 9050", "URL: 'ftp://example.com'")]
    [InlineData("get http://example.com --socks 0", "port 0")]
    [InlineData("get http://example.com --socks 9050 --json", "--output: it is missing")]
    [InlineData("inspect x --onion example.com", "--onion: 'example.com'")]
    [InlineData("status --role king", "--role: 'king'")]
    [InlineData("client --network tor --log-level loud", "--log-level: 'loud'")]
    public async Task Wrong_values_are_told_with_what_would_be_right(string commandLine, string expected)
    {
        var run = await ToolRun.Of([.. commandLine.Split(' '), "--config", _folder.Write("empty.json", "{}")]);
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        Assert.Contains(expected, run.Error + run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_are_events_for_programs()
    {
        var run = await ToolRun.Of("client --json");
        Assert.Equal(("failed", ExitCode.WrongOptions), (run.Events[0].GetProperty("event").GetString(), run.Events[0].GetProperty("code").GetInt32()));
    }

    private static IEnumerable<string> Names(IEnumerable<ToolCommand> commands, string path) =>
        commands.SelectMany(command => Names(command.Children, $"{path}{command.Name} ").Prepend(path + command.Name));
}
