using Microsoft.Extensions.Logging;

namespace OnionHost.InteropTests;

/// <summary>The log of one of our nodes: a file beside those of the stock nodes, and something to wait on.</summary>
internal sealed class NodeLogs : ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly List<string> _trouble = [];
    private readonly StreamWriter _file;
    private readonly TimeProvider _time;

    public NodeLogs(string networkFolder, string name, TimeProvider time)
    {
        _time = time;
        var folder = Directory.CreateDirectory(Path.Combine(networkFolder, "ours"));
        _file = new StreamWriter(Path.Combine(folder.FullName, name + ".log"), append: true) { AutoFlush = true };
    }

    /// <summary>What was logged at Warning and above.</summary>
    public IReadOnlyList<string> Trouble
    {
        get
        {
            lock (_lock)
            {
                return [.. _trouble];
            }
        }
    }

    /// <summary>The next line that contains a text. Call it before what leads to the line.</summary>
    public Task<string> NextAsync(string text)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((line => line.Contains(text, StringComparison.Ordinal), found));
        }

        return found.Task;
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        lock (_lock)
        {
            _file.Dispose();
        }
    }

    private void Write(LogLevel level, string category, string message, Exception? exception)
    {
        var line = $"{_time.GetUtcNow():HH:mm:ss.fff} [{level}] {category}: {message}{(exception is null ? string.Empty : " " + exception)}";
        lock (_lock)
        {
            if (_file.BaseStream is not { CanWrite: true })
            {
                return;
            }

            _file.WriteLine(line);
            if (level >= LogLevel.Warning)
            {
                _trouble.Add(line);
            }

            foreach (var waiter in _waiting.Where(w => w.Wanted(line)).ToArray())
            {
                waiter.Found.TrySetResult(line);
                _waiting.Remove(waiter);
            }
        }
    }

    private sealed class Category(NodeLogs logs, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Write(logLevel, name, formatter(state, exception), exception);
    }
}
