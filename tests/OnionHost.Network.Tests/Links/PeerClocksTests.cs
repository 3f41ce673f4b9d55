using Microsoft.Extensions.Logging;
using OnionHost.Network.Links;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links;

public sealed class PeerClocksTests : ILoggerFactory, ILogger
{
    private readonly List<string> _warnings = [];
    private readonly PeerClocks _clocks;

    public PeerClocksTests()
    {
        _clocks = new PeerClocks(new NodeContext(new ManualTimeProvider(), SystemRandomSource.Instance, this));
    }

    [Fact]
    public void Several_peers_that_agree_are_believed_once()
    {
        Hear(1, -49);
        Hear(1, -49);
        Assert.Empty(_warnings);
        Hear(2, -48);
        Hear(3, -48);
        var warning = Assert.Single(_warnings);
        Assert.Contains("2 relays", warning, StringComparison.Ordinal);
        Assert.Contains("2.00:00:00 behind ours", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void One_alone_is_not_believed_while_another_agrees_with_us()
    {
        Hear(1, 0);
        Hear(2, 30);
        Hear(3, 30);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Peers_that_contradict_each_other_are_not_believed()
    {
        Hear(1, 5);
        Hear(2, -5);
        Hear(3, 5);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void An_hour_is_tolerated()
    {
        Hear(1, 1);
        Hear(2, -1);
        Hear(3, 1);
        Assert.Empty(_warnings);
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider)
    {
    }

    void IDisposable.Dispose()
    {
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _warnings.Add(formatter(state, exception));

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    private void Hear(byte peer, int hours) =>
        _clocks.Hear(new RelayFingerprint([peer, .. new byte[RelayFingerprint.Size - 1]]), TimeSpan.FromHours(hours));
}
