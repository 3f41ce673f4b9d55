using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;

namespace OnionHost.FunctionalTests.Blog;

/// <summary>The HiddenBlog sample as a process of its own, as a user runs it, with <c>--json</c>.</summary>
internal sealed partial class BlogProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _all = [];

    private BlogProcess(Process process)
    {
        _process = process;
    }

    /// <summary>The last JSON object of its start.</summary>
    public JsonElement Ready { get; private set; }

    public string Address => Ready.GetProperty("address").GetString()!;

    public string CookieAddress => Ready.GetProperty("cookieAddress").GetString()!;

    public int SocksPort => Ready.GetProperty("socksPort").GetInt32();

    public int ProcessId => _process.Id;

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static async Task<BlogProcess> StartAsync(string dataDirectory, CancellationToken stop)
    {
        var blog = Launch("--json", "--socks", "0", "--data", dataDirectory);
        try
        {
            blog.Ready = await blog.ReadUntilReadyAsync(stop);
            return blog;
        }
        catch
        {
            await blog.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it to its end; for what goes wrong at the start.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(CancellationToken stop, params string[] arguments)
    {
        await using var blog = Launch(arguments);
        await blog._process.WaitForExitAsync(stop);
        return (blog._process.ExitCode, string.Join('\n', blog._all));
    }

    /// <summary>Ends it as an operator does, and gives its exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken stop)
    {
        Assert.Equal(0, Kill(_process.Id, Terminate));
        await _process.WaitForExitAsync(stop);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    private static BlogProcess Launch(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Find());
        Array.ForEach(arguments, start.ArgumentList.Add);
        var process = new Process { StartInfo = start };
        var blog = new BlogProcess(process);
        process.OutputDataReceived += (_, line) => blog.Take(line.Data);
        process.ErrorDataReceived += (_, line) => blog.Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return blog;
    }

    private static string Find()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "samples", "HiddenBlog", "bin", configuration, "net10.0", "HiddenBlog.dll");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException("HiddenBlog.dll was not built.");
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            lock (_all)
            {
                _all.Add(line);
            }

            _lines.Writer.TryWrite(line);
        }
        else
        {
            _process.WaitForExitAsync().ContinueWith(_ => _lines.Writer.TryComplete(), TaskScheduler.Default);
        }
    }

    private async Task<JsonElement> ReadUntilReadyAsync(CancellationToken stop)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(stop))
        {
            if (line.StartsWith('{') && JsonDocument.Parse(line).RootElement is var json
                && json.GetProperty("event").GetString() == "ready")
            {
                return json;
            }
        }

        throw new InvalidOperationException("The blog ended before it was ready:\n" + string.Join('\n', _all));
    }
}
