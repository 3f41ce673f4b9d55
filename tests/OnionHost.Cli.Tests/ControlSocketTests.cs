using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Cli.Control;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Output;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Cli.Tests;

public sealed class ControlSocketTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_its_owner_can_open_it()
    {
        using var data = DataDirectory.Take(_folder["d"]);
        await using var server = ControlServer.Start(Session(), data, new Parrot());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.Under(DataDirectory.ControlSocket)));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Path));
        }
    }

    [Fact]
    public async Task It_answers_and_refuses()
    {
        using var data = DataDirectory.Take(_folder["d"]);
        await using var server = ControlServer.Start(Session(), data, new Parrot());
        var client = new ControlClient(data.Path, TimeProvider.System);
        Assert.Equal("parrot", (string?)(await client.AskAsync(new JsonObject { ["do"] = "status" }, default))["role"]);
        Assert.Equal("hello", (string?)(await client.AskAsync(new JsonObject { ["do"] = "say", ["word"] = "hello" }, default))["word"]);
        Assert.Equal(ExitCode.Failed, (await Assert.ThrowsAsync<ToolException>(() => client.AskAsync(new JsonObject { ["do"] = "fly" }, default))).Code);
        Assert.Equal(ExitCode.NotFound, (await Assert.ThrowsAsync<ToolException>(() => client.AskAsync(new JsonObject { ["do"] = "fail" }, default))).Code);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("{\n")]
    [InlineData("[]\n")]
    [InlineData("{\"do\":1}\n")]
    [InlineData("{\"do\":\"say\",\"word\":{}}\n")]
    public async Task Nonsense_does_not_end_it(string request)
    {
        using var data = DataDirectory.Take(_folder["d"]);
        await using var server = ControlServer.Start(Session(), data, new Parrot());
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(data.Under(DataDirectory.ControlSocket)));
            await socket.SendAsync(Encoding.UTF8.GetBytes(request));
            await using var stream = new NetworkStream(socket);
            Assert.Contains("\"ok\":false", await ControlLine.ReadAsync(stream, 4096, default).WaitAsync(TimeSpan.FromSeconds(60)), StringComparison.Ordinal);
        }

        Assert.NotNull(await new ControlClient(data.Path, TimeProvider.System).TryAskAsync(new JsonObject { ["do"] = "status" }, default));
    }

    [Fact]
    public async Task What_a_killed_process_left_behind_is_nobody()
    {
        using var data = DataDirectory.Take(_folder["d"]);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(data.Under(DataDirectory.ControlSocket)));
        }

        Assert.Null(await new ControlClient(data.Path, TimeProvider.System).TryAskAsync(new JsonObject { ["do"] = "status" }, default));
        await using var server = ControlServer.Start(Session(), data, new Parrot());
        Assert.NotNull(await new ControlClient(data.Path, TimeProvider.System).TryAskAsync(new JsonObject { ["do"] = "status" }, default));
    }

    [Fact]
    public async Task The_status_is_shown_once_where_the_output_is_no_terminal()
    {
        using var data = DataDirectory.Take(_folder["d"]);
        await using var server = ControlServer.Start(Session(), data, new Parrot());
        var run = await ToolRun.Of(["status", "--data", data.Path]);
        Assert.Equal(ExitCode.Ended, run.Code);
        Assert.Contains("parrot", run.Out, StringComparison.Ordinal);
    }

    private static ToolSession Session() => new(
        new ToolContext(TextWriter.Null, TextWriter.Null, new Dictionary<string, string>(), TimeProvider.System, SystemRandomSource.Instance),
        new TextEvents(TextWriter.Null, TextWriter.Null),
        NullLoggerFactory.Instance);

    private sealed class Parrot : IControlled
    {
        public JsonObject Describe() => new() { ["role"] = "parrot" };

        public JsonObject? Handle(string verb, JsonObject request) => verb switch
        {
            "say" => new JsonObject { ["word"] = (string?)request["word"] },
            "fail" => throw new ToolException(ExitCode.NotFound, "There is nothing."),
            _ => null,
        };
    }
}
