using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Rounds;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.SharedRandom;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Authority;

public sealed class SharedRandomKeeperTests : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(24L * 20 * 3_000_000);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"srv-{Guid.NewGuid():N}");

    [Fact]
    public void A_restart_keeps_the_commitment()
    {
        Keeper().Advance(Start);
        var text = File.ReadAllText(Path.Combine(_folder, "sr-state"));
        var restarted = Keeper();
        restarted.Advance(Start.AddSeconds(20));

        Assert.Equal(CommitLine(text), CommitLine(File.ReadAllText(Path.Combine(_folder, "sr-state"))));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(_folder, "sr-state")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void A_damaged_file_is_no_reason_to_stop()
    {
        System.IO.Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "sr-state"), "Version 7\nnonsense\n");

        var keeper = Keeper();
        keeper.Advance(Start);

        Assert.StartsWith("Commit 1 sha3-256", CommitLine(File.ReadAllText(Path.Combine(_folder, "sr-state"))), StringComparison.Ordinal);
        Assert.False(keeper.IsFresh);
    }

    [Fact]
    public void A_run_that_was_seen_whole_gives_a_value()
    {
        Keeper().Advance(Start);
        Keeper().Advance(Start.AddSeconds(20 * 23));
        var keeper = Keeper();
        keeper.Advance(Start.AddSeconds(20 * 24));

        Assert.True(keeper.IsFresh);
        Assert.Contains("SharedRandCurrentValue 1 ", File.ReadAllText(Path.Combine(_folder, "sr-state")), StringComparison.Ordinal);
        Assert.Equal(SharedRandomPhase.Commit, SharedRandomSchedule.PhaseAt(Start.AddSeconds(20 * 24), TimeSpan.FromSeconds(20)));
    }

    public void Dispose()
    {
        if (System.IO.Directory.Exists(_folder))
        {
            System.IO.Directory.Delete(_folder, recursive: true);
        }
    }

    private static string CommitLine(string text) => text.Split('\n').Single(l => l.StartsWith("Commit ", StringComparison.Ordinal));

    private SharedRandomKeeper Keeper()
    {
        var self = DirectoryAuthority.Parse($"auth orport=1 v3ident={new string('A', 40)} 127.0.0.1:2 {new string('B', 40)}");
        var context = new NodeContext(new ManualTimeProvider(Start), SystemRandomSource.Instance, NullLoggerFactory.Instance);
        return new SharedRandomKeeper(context, self.V3Identity, new AuthorityOptions(self, [self]), TimeSpan.FromSeconds(20), new AuthorityFiles(_folder));
    }
}
