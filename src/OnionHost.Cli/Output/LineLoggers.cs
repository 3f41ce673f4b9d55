using Microsoft.Extensions.Logging;

namespace OnionHost.Cli.Output;

/// <summary>Logs of the nodes: a line each on standard error, from a level on.</summary>
internal sealed class LineLoggers(TextWriter error, LogLevel least, TimeProvider time) : ILoggerFactory
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one place for logs.");

    /// <inheritdoc/>
    public void Dispose()
    {
        // Standard error is not ours.
    }

    private bool IsWanted(LogLevel level) => least != LogLevel.None && level >= least;

    private void Write(LogLevel level, string category, string message, Exception? fault)
    {
        var cause = fault is null ? string.Empty : least <= LogLevel.Debug ? $" {fault}" : $" ({fault.Message})";
        lock (_lock)
        {
            error.WriteLine($"{time.GetUtcNow().UtcDateTime:HH:mm:ss.fff} {level.ToString().ToLowerInvariant()} {category}: {message}{cause}");
            error.Flush();
        }
    }

    /// <summary>The logger of one category.</summary>
    private sealed class LineLogger(LineLoggers owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => owner.IsWanted(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                owner.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
