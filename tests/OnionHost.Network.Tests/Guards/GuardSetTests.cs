using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Network.Paths;
using OnionHost.Network.Tests.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Guards;

public sealed class GuardSetTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("onionhost-guards-").FullName;

    private string FilePath => Path.Combine(_folder, "guards.json");

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Circuits_keep_to_the_first_guard_and_directory_fetches_to_three()
    {
        var (guards, view) = (Create(), Network(100));
        Assert.Equal(3, Spread(guards, view, GuardUse.Directory).Count);
        Assert.Single(Spread(guards, view, GuardUse.Circuit));
        Assert.Equal(3, guards.Primary.Count);
    }

    [Fact]
    public void Guards_survive_a_restart_and_a_new_consensus()
    {
        var view = Network(100);
        var first = Create();
        var guard = first.Choose(view, GuardUse.Circuit, Any)!.Fingerprint;
        first.Succeeded(guard);
        var primary = first.Primary.Select(g => g.Fingerprint).ToList();

        var again = Create(seed: 99);
        again.Update(Network(100));
        Assert.Equal(primary, again.Primary.Select(g => g.Fingerprint));
        Assert.Equal(guard, again.Choose(view, GuardUse.Circuit, Any)!.Fingerprint);
    }

    [Fact]
    public void A_restriction_passes_a_guard_over_without_blame()
    {
        var (guards, view) = (Create(), Network(30));
        var first = guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint;
        var second = guards.Choose(view, GuardUse.Circuit, n => n.Fingerprint != first)!.Fingerprint;
        Assert.NotEqual(first, second);
        Assert.Equal(first, guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint);
        Assert.Null(guards.Choose(view, GuardUse.Circuit, _ => false));
    }

    [Fact]
    public void A_failed_primary_guard_is_tried_again_after_ten_minutes()
    {
        var (guards, view) = (Create(), Network(100));
        var first = guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint;
        guards.Failed(first);
        Assert.NotEqual(first, guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint);
        _clock.Advance(TimeSpan.FromMinutes(9.9));
        Assert.NotEqual(first, guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint);
        _clock.Advance(TimeSpan.FromMinutes(0.2));
        Assert.Equal(first, guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint);
    }

    [Theory]
    [InlineData(1, true, 10)]
    [InlineData(7, true, 90)]
    [InlineData(24 * 5, true, 240)]
    [InlineData(24 * 8, true, 540)]
    [InlineData(1, false, 60)]
    [InlineData(7, false, 240)]
    [InlineData(24 * 5, false, 1080)]
    [InlineData(24 * 8, false, 2160)]
    public void The_longer_it_fails_the_rarer_it_is_tried(int failingHours, bool isPrimary, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), GuardRetrySchedule.Interval(TimeSpan.FromHours(failingHours), isPrimary));

    [Fact]
    public void When_all_primaries_fail_the_sample_steps_in_and_the_primaries_come_back()
    {
        var (guards, view) = (Create(), Network(100));
        guards.Update(view);
        var primary = guards.Primary.Select(g => g.Fingerprint).ToHashSet();
        foreach (var guard in primary)
        {
            guards.Failed(guard);
        }

        var other = guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint;
        Assert.DoesNotContain(other, primary);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Contains(guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint, primary);
    }

    [Fact]
    public void When_everything_fails_everything_gets_another_chance()
    {
        var (guards, view) = (Create(), Network(25));
        for (var i = 0; i < 25; i++)
        {
            guards.Failed(guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint);
        }

        Assert.NotNull(guards.Choose(view, GuardUse.Circuit, Any));
    }

    [Fact]
    public void A_success_after_a_long_silence_gives_the_primaries_another_chance()
    {
        var (guards, view) = (Create(), Network(100));
        guards.Update(view);
        var primary = guards.Primary.Select(g => g.Fingerprint).ToList();
        guards.Succeeded(primary[0]);
        _clock.Advance(TimeSpan.FromMinutes(11));
        primary.ForEach(guards.Failed);
        var other = guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint;
        guards.Succeeded(other);
        Assert.Contains(guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint, primary);
    }

    [Fact]
    public void Confirmed_guards_come_first()
    {
        var (guards, view) = (Create(), Network(100));
        guards.Update(view);
        var third = guards.Primary[2].Fingerprint;
        guards.Succeeded(third);
        var again = Create();
        again.Update(view);
        Assert.Equal(third, again.Primary[0].Fingerprint);
    }

    [Fact]
    public void A_guard_that_is_not_listed_is_not_used_and_forgotten_after_twenty_days()
    {
        var guards = Create();
        var view = Network(100);
        var first = guards.Choose(view, GuardUse.Circuit, Any)!.Fingerprint;
        guards.Succeeded(first);
        NetworkView Without() => SmallConsensus.View(Network(100).Relays.Where(r => r.Fingerprint != first));
        Assert.NotEqual(first, guards.Choose(Without(), GuardUse.Circuit, Any)!.Fingerprint);
        _clock.Advance(TimeSpan.FromDays(19));
        guards.Update(Without());
        Assert.Equal(first, guards.Choose(Network(100), GuardUse.Circuit, Any)!.Fingerprint);

        guards.Update(Without());
        _clock.Advance(TimeSpan.FromDays(21));
        guards.Update(Without());
        guards.Update(Network(100));
        Assert.DoesNotContain(first.ToString(), File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void Old_guards_make_room()
    {
        var guards = Create();
        var first = guards.Choose(Network(100), GuardUse.Circuit, Any)!.Fingerprint;
        guards.Succeeded(first);
        _clock.Advance(TimeSpan.FromDays(50));
        Assert.Equal(first, guards.Choose(Network(100), GuardUse.Circuit, Any)!.Fingerprint);
        _clock.Advance(TimeSpan.FromDays(71));
        guards.Update(Network(100));
        Assert.DoesNotContain(first.ToString(), File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_is_bounded()
    {
        var guards = Create();
        guards.Update(Network(190));
        Assert.Equal(20, File.ReadAllText(FilePath).Split("\"fingerprint\"").Length - 1);
        var few = SmallConsensus.View([SmallConsensus.Relay(1), SmallConsensus.Relay(2)]);
        var small = new GuardSet(Context(1), Selector(1), path: null);
        small.Update(few);
        Assert.Equal(2, small.Primary.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"version\":7,\"sampled\":[]}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":1,\"sampled\":null}")]
    [InlineData("{\"version\":1,\"sampled\":[null]}")]
    [InlineData("{\"version\":1,\"sampled\":[{\"fingerprint\":\"x\",\"addedOn\":\"2026-01-01T00:00:00+00:00\"}]}")]
    public void A_damaged_file_does_not_stop_a_client(string content)
    {
        File.WriteAllText(FilePath, content);
        var guards = Create();
        Assert.NotNull(guards.Choose(Network(30), GuardUse.Circuit, Any));
    }

    [Fact]
    public void The_file_is_for_its_owner_only()
    {
        Create().Update(Network(30));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    [Fact]
    public void A_directory_in_place_of_the_file_is_harmless()
    {
        System.IO.Directory.CreateDirectory(FilePath);
        Assert.NotNull(Create().Choose(Network(30), GuardUse.Circuit, Any));
    }

    private static NetworkView Network(int relays) => SmallConsensus.View(Enumerable.Range(1, relays).Select(n => SmallConsensus.Relay(n, bandwidth: (uint)(100 * n))));

    private static bool Any(RelayNode node) => true;

    private static HashSet<RelayFingerprint> Spread(GuardSet guards, NetworkView view, GuardUse use) =>
        [.. Enumerable.Range(0, 60).Select(_ => guards.Choose(view, use, Any)!.Fingerprint)];

    private static PathSelector Selector(int seed) => new(new SeededRandom(seed), new PathRules());

    private GuardSet Create(int seed = 5) => new(Context(seed), Selector(seed), FilePath);

    private NodeContext Context(int seed) => new(_clock, new SeededRandom(seed), NullLoggerFactory.Instance);
}
