namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>Processes of the built tool by name, each with a data directory of that name.</summary>
internal sealed class ToolProcesses : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly Dictionary<string, ToolProcess> _processes = [];
    private readonly Dictionary<string, string> _commandLines = [];

    /// <summary>A process by its name.</summary>
    public ToolProcess this[string name] => _processes[name];

    /// <summary>All names.</summary>
    public IReadOnlyCollection<string> Names => _processes.Keys;

    /// <summary>The data directory of a process, or another path beside them.</summary>
    public string Data(string name) => _folder[name];

    /// <summary>Starts a process; it gets its <c>--data</c>.</summary>
    public void Start(string name, string commandLine)
    {
        _commandLines[name] = commandLine;
        _processes[name] = ToolProcess.Start($"{commandLine} --data {Data(name)}");
    }

    /// <summary>Ends a process as a crash would.</summary>
    public Task KillAsync(string name) => this[name].KillAsync();

    /// <summary>Starts a process again with the same command line, and waits until it is ready.</summary>
    public async Task StartAgainAsync(string name)
    {
        await this[name].DisposeAsync();
        Start(name, _commandLines[name]);
        await this[name].WaitAsync("ready");
    }

    /// <summary>Asks every process to end; gives the exit codes.</summary>
    public async Task<IReadOnlyList<int>> EndAsync() => await Task.WhenAll(_processes.Values.Select(process => process.EndAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            await process.DisposeAsync();
        }

        _folder.Dispose();
    }
}
