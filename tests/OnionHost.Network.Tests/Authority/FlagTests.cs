using OnionHost.Network.Authority.Flags;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Authority;

public sealed class FlagTests : IDisposable
{
    private static readonly DateTimeOffset Now = AuthorityFixture.Start;

    private readonly PaperRelay _relay = new("relay", 1);

    [Fact]
    public void A_new_relay_of_the_public_network_is_merely_running()
    {
        var flags = Assign(Candidate(), new FlagOptions { FastAtLeast = 4_000 });

        Assert.True(flags.HasFlag(RelayFlags.Running | RelayFlags.Valid | RelayFlags.V2Dir | RelayFlags.Exit));
        Assert.Equal(RelayFlags.None, flags & (RelayFlags.HSDir | RelayFlags.Authority | RelayFlags.StaleDesc));
    }

    [Fact]
    public void A_proven_relay_is_a_guard_and_stores_onion_descriptors()
    {
        _relay.Content = _relay.Content with { Uptime = TimeSpan.FromDays(40), BandwidthObserved = 5_000_000 };
        var history = new RelayHistory(Now.AddDays(-40));
        history.Set(true, Now.AddDays(-40));

        var flags = new FlagAssigner([new(_relay.Describe(Now), true, false, null, history)], new FlagOptions(), Now)
            .Assign(new(_relay.Describe(Now), true, false, null, history));

        Assert.True(flags.HasFlag(RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.Stable | RelayFlags.Fast));
    }

    [Fact]
    public void A_private_network_assumes_what_time_has_not_shown()
    {
        var flags = Assign(Candidate(), FlagOptions.Private);

        Assert.True(flags.HasFlag(RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.Stable | RelayFlags.Fast | RelayFlags.Exit));
    }

    [Fact]
    public void What_the_descriptor_does_not_offer_is_not_assumed()
    {
        _relay.Content = _relay.Content with { IsHiddenServiceDirectory = false, IsDirectoryCache = false, Policy = ExitPolicy.RejectAll };

        var flags = Assign(Candidate(), FlagOptions.Private);

        Assert.Equal(RelayFlags.None, flags & (RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.V2Dir | RelayFlags.Exit));
    }

    [Fact]
    public void A_relay_that_does_not_answer_gets_little()
    {
        var flags = Assign(Candidate() with { IsRunning = false }, FlagOptions.Private);

        Assert.Equal(RelayFlags.None, flags & (RelayFlags.Running | RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.Stable | RelayFlags.Fast));
    }

    [Fact]
    public void Operators_lists_take_flags_away()
    {
        var set = new HashSet<RelayFingerprint> { _relay.Fingerprint };

        Assert.True(Assign(Candidate(), FlagOptions.Private with { BadExits = set }).HasFlag(RelayFlags.BadExit | RelayFlags.Exit));
        var middle = Assign(Candidate(), FlagOptions.Private with { MiddleOnly = set });
        Assert.True(middle.HasFlag(RelayFlags.MiddleOnly | RelayFlags.BadExit));
        Assert.Equal(RelayFlags.None, middle & (RelayFlags.Exit | RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.V2Dir));
    }

    [Fact]
    public void An_old_descriptor_is_stale() =>
        Assert.True(Assign(Candidate(Now.AddHours(-19)), FlagOptions.Private).HasFlag(RelayFlags.StaleDesc));

    [Fact]
    public void Of_many_relays_at_one_address_two_run()
    {
        using PaperRelay second = new("second", 1), third = new("third", 1), elsewhere = new("elsewhere", 2);
        var candidates = new[] { _relay, second, third, elsewhere }
            .Select((r, i) => new FlagCandidate(r.Describe(Now), true, false, (uint)(i + 1), new RelayHistory(Now))).ToList();

        var assigner = new FlagAssigner(candidates, new FlagOptions(), Now);
        var sybils = candidates.Where(c => assigner.Assign(c).HasFlag(RelayFlags.Sybil)).ToList();

        Assert.Equal("relay", Assert.Single(sybils).Descriptor.Nickname.ToString());
        Assert.False(assigner.Assign(sybils[0]).HasFlag(RelayFlags.Running));
    }

    [Theory]
    [InlineData("accept *:*", true)]
    [InlineData("accept *:80,reject *:*", false)]
    [InlineData("accept 8.0.0.0/8:80,accept 8.0.0.0/8:443,reject *:*", true)]
    [InlineData("reject 8.8.8.8:443,accept 8.0.0.0/8:*,reject *:*", false)]
    [InlineData("accept 127.0.0.0/8:*,reject *:*", false)]
    [InlineData("accept 8.8.0.0/16:*,reject *:*", false)]
    public void Exits_open_a_whole_network_for_the_web(string policy, bool isExit) =>
        Assert.Equal(isExit, GeneralExit.Is(ExitPolicy.Parse(policy)));

    [Fact]
    public void A_history_forgets_slowly()
    {
        var history = new RelayHistory(Now);
        history.Set(false, Now);
        history.Set(true, Now.AddDays(1));
        Assert.Equal(0.5, history.FractionalUptime(Now.AddDays(2)), 1);
        Assert.True(history.FractionalUptime(Now.AddDays(60)) > 0.98);
        history.Set(false, Now.AddDays(60));
        Assert.True(history.MeanRun(Now.AddDays(60)) > TimeSpan.FromDays(5));
        Assert.Equal(TimeSpan.FromDays(60), history.TimeKnown(Now.AddDays(60)));
    }

    public void Dispose() => _relay.Dispose();

    private FlagCandidate Candidate(DateTimeOffset? published = null) => new(_relay.Describe(published ?? Now), true, false, null, new RelayHistory(Now));

    private static RelayFlags Assign(FlagCandidate candidate, FlagOptions options)
    {
        return new FlagAssigner([candidate], options, Now).Assign(candidate);
    }
}
