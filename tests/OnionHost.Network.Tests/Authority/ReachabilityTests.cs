using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Authority;

public sealed class ReachabilityTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new(AuthorityFixture.Start);
    private readonly PaperTester _tester = new();
    private readonly PaperRelay _relay = new("relay", 1);

    [Fact]
    public async Task A_relay_runs_for_a_while_after_it_answered()
    {
        var table = Table(new ReachabilityOptions());
        var descriptor = _relay.Describe(_clock.GetUtcNow());
        Assert.False(table.IsRunning(descriptor));

        await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);
        _clock.Advance(TimeSpan.FromMinutes(44));
        Assert.True(table.IsRunning(descriptor));

        _tester.Down[_relay.Fingerprint] = true;
        await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(table.IsRunning(descriptor));
    }

    [Fact]
    public async Task Another_address_must_answer_for_itself()
    {
        var table = Table(new ReachabilityOptions());
        await table.TestAsync(_relay.Describe(_clock.GetUtcNow()), ReachabilityDepth.Circuit, default);
        _relay.Content = _relay.Content with { OrPort = 9002 };

        Assert.False(table.IsRunning(_relay.Describe(_clock.GetUtcNow())));
    }

    [Fact]
    public void Every_relay_has_its_turn()
    {
        var table = Table(new ReachabilityOptions { Parts = 8 });
        var descriptor = _relay.Describe(_clock.GetUtcNow());
        Assert.Equal(2, Enumerable.Range(0, 16).Count(_ => table.NextPart([descriptor]).Count == 1));
    }

    [Fact]
    public async Task What_failed_is_tested_again_soon_and_runs_meanwhile()
    {
        var table = Table(new ReachabilityOptions { Parts = 256, Retries = 2 });
        var descriptor = _relay.Describe(_clock.GetUtcNow());
        await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);
        _tester.Down[_relay.Fingerprint] = true;
        await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);

        for (var retry = 0; retry < 2; retry++)
        {
            Assert.Equal([descriptor], table.NextPart([descriptor]));
            Assert.True(table.IsRunning(descriptor));
            Assert.NotNull(table.HistoryOf(_relay.Fingerprint).RunningSince);
            await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);
        }

        Assert.Equal(1, Enumerable.Range(0, 256).Count(_ => table.NextPart([descriptor]).Count == 1));
    }

    [Fact]
    public async Task A_relay_of_which_only_links_were_tested_is_tested_with_the_next_part()
    {
        var table = Table(new ReachabilityOptions { Parts = 256 });
        var descriptor = _relay.Describe(_clock.GetUtcNow());
        await table.TestAsync(descriptor, ReachabilityDepth.Link, default);

        Assert.True(table.IsRunning(descriptor));
        Assert.Equal([descriptor], table.NextPart([descriptor]));
        await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);
        Assert.Equal(1, Enumerable.Range(0, 256).Count(_ => table.NextPart([descriptor]).Count == 1));
    }

    [Fact]
    public async Task It_may_be_assumed()
    {
        var table = Table(new ReachabilityOptions { Assume = true });
        var descriptor = _relay.Describe(_clock.GetUtcNow());
        await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);

        Assert.True(table.IsRunning(descriptor));
        Assert.Equal(0, _tester.Tests);
    }

    [Fact]
    public async Task A_restart_remembers_how_relays_ran()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"reach-{Guid.NewGuid():N}");
        try
        {
            var table = Table(new ReachabilityOptions(), new AuthorityFiles(folder));
            var descriptor = _relay.Describe(_clock.GetUtcNow());
            await table.TestAsync(descriptor, ReachabilityDepth.Circuit, default);
            _clock.Advance(TimeSpan.FromDays(30));
            table.Save();
            File.AppendAllText(Path.Combine(folder, "relay-history"), "nonsense\n");

            var restarted = Table(new ReachabilityOptions(), new AuthorityFiles(folder));

            Assert.False(restarted.IsRunning(descriptor));
            var history = restarted.HistoryOf(_relay.Fingerprint);
            Assert.Equal(TimeSpan.FromDays(30), history.TimeKnown(_clock.GetUtcNow()));
            Assert.Equal(1, history.FractionalUptime(_clock.GetUtcNow()));
            Assert.True(history.MeanRun(_clock.GetUtcNow()) > TimeSpan.FromDays(5));
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _relay.Dispose();

    private ReachabilityTable Table(ReachabilityOptions options, AuthorityFiles? files = null) =>
        new(new NodeContext(_clock, SystemRandomSource.Instance, NullLoggerFactory.Instance), options, _tester, files);
}
