using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Network.Paths;
using OnionHost.Network.Tests.Paths;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Guards;

public sealed class VanguardsTests
{
    private static readonly HashSet<RelayFingerprint> Nobody = [];
    private readonly ManualTimeProvider _clock = new();
    private readonly PathSelector _selector = new(new SeededRandom(8), new PathRules());
    private readonly GuardSet _guards;
    private readonly Vanguards _vanguards;
    private readonly PathPlanner _planner;

    public VanguardsTests()
    {
        var context = new NodeContext(_clock, new SeededRandom(9), NullLoggerFactory.Instance);
        _guards = new GuardSet(context, _selector, path: null);
        _vanguards = new Vanguards(context, _selector);
        _planner = new PathPlanner(_selector, _guards, _vanguards);
    }

    [Fact]
    public void Four_relays_stand_second_on_every_onion_circuit()
    {
        var view = Network(60);
        var set = _vanguards.Current(view);
        Assert.Equal(4, set.Distinct().Count());
        var seen = new HashSet<RelayFingerprint>();
        for (var i = 0; i < 200; i++)
        {
            var request = (i % 3) switch
            {
                0 => new CircuitRequest { IsOnion = true, Stable = true },
                1 => new CircuitRequest { IsOnion = true, Length = 4, Last = view.Relays[i % 60].ToHop() },
                _ => new CircuitRequest { IsOnion = true, Length = 4, LastFilter = r => r.Fingerprint.GetHashCode() % 2 == 0 },
            };
            var hops = _planner.Plan(view, request, Nobody).Hops;
            Assert.Equal(request.Length, hops.Count);
            Assert.Equal(hops.Count - 1, hops.Skip(1).Select(h => h.Fingerprint).Distinct().Count());
            Assert.DoesNotContain(hops.Skip(1).Take(hops.Count - 2), h => h.Fingerprint == hops[0].Fingerprint);
            seen.Add(hops[1].Fingerprint);
        }

        Assert.Equal(set.Order(), seen.Order());
    }

    [Fact]
    public void Other_circuits_do_not_use_them()
    {
        var view = Network(60);
        var seconds = Enumerable.Range(0, 100).Select(_ => _planner.Plan(view, new CircuitRequest(), Nobody).Hops[1].Fingerprint);
        Assert.True(seconds.Distinct().Count() > 8);
    }

    [Fact]
    public void Whoever_chooses_the_last_relay_does_not_choose_the_guard()
    {
        var view = Network(60);
        var guard = _guards.Choose(view, GuardUse.Circuit, _ => true)!;
        foreach (var last in view.Relays)
        {
            var plan = _planner.Plan(view, new CircuitRequest { IsOnion = true, Length = 4, Last = last.ToHop() }, Nobody);
            Assert.Equal(guard.Fingerprint, plan.Guard.Fingerprint);
            Assert.Equal(last.Fingerprint, plan.Hops[3].Fingerprint);
        }
    }

    [Fact]
    public void A_relay_that_could_not_be_reached_is_replaced_by_another_of_its_kind()
    {
        var view = Network(60);
        var given = view.Relays[5].ToHop();
        var plan = _planner.Plan(view, new CircuitRequest { IsOnion = true, Length = 4, Last = given }, Nobody);
        Assert.False(plan.IsReplaceable(0));
        Assert.False(plan.IsReplaceable(3));
        var other = plan.Replace(plan, 1)!;
        Assert.NotEqual(plan.Hops[1].Fingerprint, other.Hops[1].Fingerprint);
        Assert.Contains(other.Hops[1].Fingerprint, _vanguards.Current(view));
        Assert.Equal(plan.Hops[2], other.Hops[2]);
        var third = other.Replace(other, 2)!;
        Assert.DoesNotContain(third.Hops, h => third.Replaced.Contains(h.Fingerprint));
        Assert.Equal(2, third.Replaced.Count);
    }

    [Fact]
    public void Each_stays_for_one_to_twelve_days()
    {
        var view = Network(100);
        var last = _vanguards.Current(view);
        var since = last.ToDictionary(v => v, _ => 0);
        var lives = new List<int>();
        for (var hour = 1; hour <= 24 * 200; hour++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            var now = _vanguards.Current(view);
            Assert.Equal(4, now.Count);
            lives.AddRange(last.Except(now).Select(gone => hour - since[gone]));
            foreach (var joined in now.Except(last))
            {
                since[joined] = hour;
            }

            last = now;
        }

        // One that is over may be drawn again at once.
        var once = lives.Where(hours => hours <= (12 * 24) + 1).ToList();
        Assert.True(once.Count >= lives.Count * 9 / 10);
        Assert.True(once.Min() >= 24);

        // The mean of the longer one of two draws lies at two thirds of the span, not in its middle.
        Assert.InRange(once.Average() / 24, 7.2, 9.5);
    }

    [Fact]
    public void One_that_leaves_the_consensus_is_replaced_and_the_others_stay()
    {
        var before = _vanguards.Current(Network(60));
        var gone = before[1];
        var now = _vanguards.Current(SmallConsensus.View(Network(60).Relays.Where(r => r.Fingerprint != gone)));
        Assert.Equal(4, now.Count);
        Assert.Equal(before.Where(v => v != gone), now.Take(3));
        Assert.DoesNotContain(gone, now);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    public void Small_networks_have_all_the_circuits_they_can(int relays)
    {
        var view = Network(relays);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(3, _planner.Plan(view, new CircuitRequest { IsOnion = true, Stable = true }, Nobody).Hops.Count);
            Assert.Equal(4, _planner.Plan(view, new CircuitRequest { IsOnion = true, Length = 4, LastFilter = _ => true }, Nobody).Hops.Count);
            var last = view.Relays[i % relays].ToHop();
            Assert.Equal(4, _planner.Plan(view, new CircuitRequest { IsOnion = true, Length = 4, Last = last }, Nobody).Hops.Count);
        }
    }

    [Fact]
    public void Stable_relays_come_first_but_others_do()
    {
        var view = SmallConsensus.View(Enumerable.Range(1, 10).Select(n =>
            SmallConsensus.Relay(n, n <= 2 ? SmallConsensus.Everything : SmallConsensus.Everything & ~(RelayFlags.Stable | RelayFlags.Guard))));
        var set = _vanguards.Current(view);
        Assert.Equal(4, set.Count);
        Assert.Contains(SmallConsensus.Fingerprint(1), set);
        Assert.Contains(SmallConsensus.Fingerprint(2), set);
        Assert.Equal(set, _vanguards.Current(view));
    }

    private static NetworkView Network(int relays) => SmallConsensus.View(Enumerable.Range(1, relays).Select(n => SmallConsensus.Relay(n, bandwidth: (uint)(1000 + n))));
}
