using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>A process of the built tool with <c>--json</c>, and the events that it tells.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly List<JsonElement> _events = [];
    private readonly StringBuilder _errors = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = New();
    private bool _hasEnded;

    private ToolProcess(string commandLine)
    {
        CommandLine = commandLine;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in Words(commandLine))
        {
            start.ArgumentList.Add(word);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnError(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string CommandLine { get; }

    public int Id => _process.Id;

    /// <summary>How many events there were.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    /// <summary>Starts a command of words without spaces.</summary>
    public static ToolProcess Start(string commandLine) => new(commandLine);

    /// <summary>Runs a command to its end, and gives its first event.</summary>
    public static async Task<JsonElement> RunAsync(string commandLine)
    {
        await using var process = Start(commandLine);
        await process._process.WaitForExitAsync().WaitAsync(Patience);
        return await process.WaitAsync(_ => true, 0);
    }

    /// <summary>Waits for an event, from a place in the order on.</summary>
    public Task<JsonElement> WaitAsync(string name, int from = 0) => WaitAsync(e => e.GetProperty("event").GetString() == name, from);

    /// <summary>Waits for an event, from a place in the order on.</summary>
    public async Task<JsonElement> WaitAsync(Func<JsonElement, bool> isWanted, int from)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_events.Skip(from).Where(isWanted).Cast<JsonElement?>().FirstOrDefault() is { } found)
                {
                    return found;
                }

                changed = _hasEnded ? throw new InvalidOperationException($"{CommandLine} has ended.\n{Describe()}") : _changed.Task;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{CommandLine}: the awaited event did not come.\n{Describe()}");
            }
        }
    }

    /// <summary>Ends it as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Asks it to end, and gives its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _process.Dispose();
    }

    /// <summary>All that it said.</summary>
    public string Describe()
    {
        lock (_lock)
        {
            return $"{string.Join('\n', _events.Select(e => e.GetRawText()))}\n{_errors}";
        }
    }

    private static IEnumerable<string> Words(string commandLine) =>
        [Built(), .. commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--json"];

    // From its own folder: beside the tests some of what it needs may be missing, because their framework has it.
    private static string Built()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var framework = output.Name;
        var configuration = output.Parent!.Name;
        for (var folder = output; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OnionHost.sln")))
            {
                return Path.Combine(folder.FullName, "src", "OnionHost.Cli", "bin", configuration, framework, "OnionHost.Cli.dll");
            }
        }

        throw new DirectoryNotFoundException("OnionHost.sln was not found above the tests.");
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnLine(string? line)
    {
        lock (_lock)
        {
            if (line is { Length: > 0 })
            {
                _events.Add(JsonDocument.Parse(line).RootElement.Clone());
            }

            _hasEnded |= line is null;
            _changed.TrySetResult();
            _changed = New();
        }
    }

    private void OnError(string? line)
    {
        lock (_lock)
        {
            _errors.AppendLine(line);
        }
    }
}
