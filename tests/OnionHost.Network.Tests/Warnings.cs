using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Tests;

/// <summary>Keeps what is logged as a warning or worse.</summary>
internal sealed class Warnings : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _all = [];

    public IReadOnlyCollection<string> All => _all;

    public int Count => _all.Count;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // Generated code asks first, others may not.
        if (IsEnabled(logLevel))
        {
            _all.Enqueue(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }
}
