using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnionHost.Cli.Nodes;
using OnionHost.Network;
using OnionHost.Protocol;

namespace OnionHost.Cli.Control;

/// <summary>
/// Answers <c>onionhost status</c> and <c>onionhost cookie</c>: a Unix socket in the data directory that only its owner can open
/// (0600, in a directory of 0700). One line of JSON asks, one line answers.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>The longest request or answer, bytes.</summary>
    public const int MaxLine = 4 << 20;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxClients = 16;

    private static readonly TimeSpan TimeToAsk = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly ToolSession _session;
    private readonly IControlled _controlled;
    private readonly SemaphoreSlim _places = new(MaxClients);
    private readonly BackgroundLoop _loop;

    private ControlServer(Socket listener, string path, ToolSession session, IControlled controlled)
    {
        _listener = listener;
        _path = path;
        _session = session;
        _controlled = controlled;
        _loop = BackgroundLoop.Start("control socket", session.Node, AcceptAsync);
    }

    /// <summary>Listens in the directory, which the caller holds.</summary>
    /// <exception cref="TorException">The socket cannot be made.</exception>
    public static ControlServer Start(ToolSession session, DataDirectory data, IControlled controlled)
    {
        var path = data.Under(DataDirectory.ControlSocket);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                // Before anybody can connect.
                File.SetUnixFileMode(path, OwnerOnly);
            }

            listener.Listen();
            return new ControlServer(listener, path, session, controlled);
        }
        catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            listener.Dispose();
            throw new TorException(
                TorErrorKind.Local, $"--data: the socket {path} cannot be made: {fault.Message} Name a directory with a shorter path, on a file system with sockets.", false, fault)
            {
                Cause = TorCause.DirectoryUnusable,
            };
        }
    }

    /// <summary>Stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _listener.Dispose();
        File.Delete(_path);
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _places.WaitAsync(stop);
            _ = ServeAsync(await AcceptOneAsync(stop), stop);
        }
    }

    private async Task<Socket> AcceptOneAsync(CancellationToken stop)
    {
        try
        {
            return await _listener.AcceptAsync(stop);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(TimeToAsk, _session.Tool.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            var line = await ControlLine.ReadAsync(stream, MaxLine, limit.Token);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(line).ToJsonString() + "\n"), limit.Token);
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            // Whoever asked went away, or took too long.
        }
        finally
        {
            _places.Release();
        }
    }

    private JsonObject Answer(string line)
    {
        try
        {
            var request = JsonNode.Parse(line) as JsonObject ?? throw new JsonException("no object");
            var verb = (string?)request["do"] ?? string.Empty;
            var answer = verb == "status" ? _controlled.Describe() : _controlled.Handle(verb, request);
            return answer is not null ? new JsonObject { ["ok"] = true, ["answer"] = answer } : Refusal($"This process does not know '{verb}'.");
        }
        catch (Exception fault) when (fault is TorException or ToolException)
        {
            return Refusal(fault.Message, ExitCode.Of(fault));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return Refusal("The request is malformed: " + fault.Message);
        }
    }

    private static JsonObject Refusal(string why, int code = ExitCode.Failed) => new() { ["ok"] = false, ["error"] = why, ["code"] = code };
}
