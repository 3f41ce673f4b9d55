using OnionHost.Network;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.InteropTests;

/// <summary>A test on a stock network: bounded in time, and failed by whatever the stock nodes complain about while it runs.</summary>
public abstract class JudgedTest(StockNetwork network) : IDisposable
{
    private readonly CancellationTokenSource _limit = new();
    private NodeLogs? _logs;

    /// <summary>Ends when the test has taken too long.</summary>
    protected CancellationToken Stop => _limit.Token;

    /// <summary>The log of the test's own nodes of ours.</summary>
    internal NodeLogs Logs => _logs ??= new NodeLogs(network.Folder, GetType().Name, TimeProvider.System);

    /// <summary>For the test's own nodes of ours.</summary>
    internal NodeContext Context => new(TimeProvider.System, SystemRandomSource.Instance, Logs);

    public void Dispose()
    {
        _limit.Dispose();
        _logs?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a test of at most so many seconds on a slow machine.</summary>
    protected Task JudgeAsync(Func<Task> test, int seconds = 120) => network.RunTestAsync(async () =>
    {
        _limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        await test();
        network.AssertNoComplaints();
    });
}
