using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using OnionHost.Cli.Nodes;

namespace OnionHost.Cli.Control;

/// <summary>Asks a running process of this user, by its data directory.</summary>
internal sealed class ControlClient(string directory, TimeProvider time)
{
    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromSeconds(15);

    /// <summary>Asks; null if no process runs with the directory.</summary>
    /// <exception cref="ToolException">The process refuses, or does not answer.</exception>
    public async Task<JsonObject?> TryAskAsync(JsonObject request, CancellationToken stop)
    {
        var path = Path.Combine(directory, DataDirectory.ControlSocket);
        using var timer = new CancellationTokenSource(TimeToAnswer, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            if (!await ConnectAsync(socket, path, limit.Token))
            {
                return null;
            }

            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"), limit.Token);
            return Read(await ControlLine.ReadAsync(stream, ControlServer.MaxLine, limit.Token));
        }
        catch (Exception fault) when (fault is IOException or SocketException || (fault is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new ToolException(ExitCode.Failed, $"The process that uses {directory} does not answer: {fault.Message}", fault);
        }
    }

    /// <summary>Asks a process that has to run.</summary>
    /// <exception cref="ToolException">No process runs with the directory, or it refuses, or does not answer.</exception>
    public async Task<JsonObject> AskAsync(JsonObject request, CancellationToken stop) =>
        await TryAskAsync(request, stop)
        ?? throw new ToolException(ExitCode.NotFound, $"--data: no process of this user runs with {directory}. Start it, or name the --data of one that runs.");

    private static async Task<bool> ConnectAsync(Socket socket, string path, CancellationToken stop)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return true;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Left behind by a process that was killed.
            return false;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new ToolException(ExitCode.DirectoryUnusable, $"--data: {path} belongs to another user, and only its owner can open it.", fault);
        }
    }

    private static JsonObject Read(string line)
    {
        var answer = JsonNode.Parse(line) as JsonObject;
        return answer is not null && (bool?)answer["ok"] == true && answer["answer"] is JsonObject content
            ? content
            : throw new ToolException((int?)answer?["code"] ?? ExitCode.Failed, (string?)answer?["error"] ?? "The process gave an answer that makes no sense.");
    }
}
