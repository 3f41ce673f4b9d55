using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>Keeps what nodes log as errors, and the warnings that come with an exception: faults of ours, whatever a peer sends.</summary>
internal sealed class FaultLog : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Faults { get; } = [];

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error || (logLevel == LogLevel.Warning && exception is not null))
        {
            Faults.Enqueue($"{eventId.Id} {formatter(state, exception)}: {exception}");
        }
    }
}
