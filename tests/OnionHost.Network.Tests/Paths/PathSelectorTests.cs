using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Paths;

public sealed class PathSelectorTests
{
    private static readonly PathRules Strict = new();

    [Fact]
    public void Relays_are_chosen_in_proportion_to_their_weight()
    {
        // Expected shares 1:2:4, and for the exit-and-guard half of its bandwidth in the middle.
        RelayNode[] relays =
        [
            SmallConsensus.Relay(1, bandwidth: 100),
            SmallConsensus.Relay(2, bandwidth: 200),
            SmallConsensus.Relay(3, bandwidth: 400),
            SmallConsensus.Exit(4, bandwidth: 200),
        ];
        var view = SmallConsensus.View(relays, "Wmd=5000 Wmg=10000");
        var selector = new PathSelector(new SeededRandom(1), Strict);
        const int Draws = 20000;
        var counts = Enumerable.Range(0, Draws).GroupBy(_ => selector.Pick(view, view.Relays, PathPosition.Middle)!.Status.Nickname.ToString())
            .ToDictionary(g => g.Key, g => (double)g.Count() / Draws);
        Assert.Equal(1.0 / 8, counts["r1"], 0.01);
        Assert.Equal(2.0 / 8, counts["r2"], 0.01);
        Assert.Equal(4.0 / 8, counts["r3"], 0.01);
        Assert.Equal(1.0 / 8, counts["r4"], 0.01);
    }

    [Fact]
    public void A_weight_of_zero_is_never_chosen_while_others_are_there()
    {
        RelayNode[] relays = [SmallConsensus.Relay(1), SmallConsensus.Exit(2)];
        var view = SmallConsensus.View(relays, "Wmd=0");
        var selector = new PathSelector(new SeededRandom(2), Strict);
        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal("r1", selector.Pick(view, view.Relays, PathPosition.Middle)!.ToString()));
    }

    [Fact]
    public void Without_weights_bandwidth_decides_and_without_bandwidth_chance()
    {
        RelayNode[] relays = [SmallConsensus.Relay(1, bandwidth: 0), SmallConsensus.Relay(2, bandwidth: 0)];
        var view = SmallConsensus.View(relays);
        var selector = new PathSelector(new SeededRandom(3), Strict);
        Assert.Equal(2, Enumerable.Range(0, 100).Select(_ => selector.Pick(view, view.Relays, PathPosition.Exit)).Distinct().Count());
        Assert.Null(selector.Pick(view, [], PathPosition.Exit));
    }

    [Fact]
    public void Exits_are_chosen_by_policy_and_flags()
    {
        RelayNode[] relays =
        [
            SmallConsensus.Exit(1, "accept 80"),
            SmallConsensus.Exit(2, "reject 80"),
            SmallConsensus.Relay(3, SmallConsensus.Everything | RelayFlags.Exit | RelayFlags.BadExit, exitPolicy: "accept 1-65535"),
            SmallConsensus.Relay(4, (SmallConsensus.Everything | RelayFlags.Exit) & ~RelayFlags.Stable, exitPolicy: "accept 22"),
        ];
        var view = SmallConsensus.View(relays);
        var selector = new PathSelector(new SeededRandom(4), Strict);
        string? Exit(ExitNeed need) => selector.PickExit(view, need, new PathDraft(selector, []))?.ToString();
        Assert.Equal("r1", Exit(new ExitNeed(80)));
        Assert.Equal("r2", Exit(ExitNeed.Of(new StreamTarget("example.com", 22, IsolationKey.None))));
        Assert.Null(Exit(new ExitNeed(80, Stable: false, OverIPv6: true)));
        Assert.Contains(Exit(ExitNeed.Resolve), new[] { "r1", "r2", "r4" });
    }

    [Fact]
    public void Families_count_only_if_mutual()
    {
        var one = SmallConsensus.Relay(1, family: "$" + SmallConsensus.Fingerprint(2));
        var two = SmallConsensus.Relay(2, family: "$" + SmallConsensus.Fingerprint(1));
        var three = SmallConsensus.Relay(3, family: "r1");
        var selector = new PathSelector(new SeededRandom(5), Strict);
        Assert.True(selector.Conflicts(one, two));
        Assert.False(selector.Conflicts(one, three));
        Assert.True(selector.Conflicts(three, SmallConsensus.Relay(1, family: "r3")));
    }

    [Fact]
    public void Subnets_count_unless_switched_off()
    {
        var one = SmallConsensus.Relay(1, address: "93.184.1.1");
        var two = SmallConsensus.Relay(2, address: "93.184.200.9");
        var three = SmallConsensus.Relay(3, address: "93.185.1.1");
        Assert.True(new PathSelector(new SeededRandom(6), Strict).Conflicts(one, two));
        Assert.False(new PathSelector(new SeededRandom(6), Strict).Conflicts(one, three));
        Assert.False(new PathSelector(new SeededRandom(6), Strict with { EnforceDistinctSubnets = false }).Conflicts(one, two));
    }

    [Fact]
    public void Private_addresses_are_used_only_where_allowed()
    {
        var relay = SmallConsensus.Relay(1, address: "127.0.0.1");
        Assert.False(new PathSelector(new SeededRandom(7), Strict).CanBeGuard(relay));
        Assert.True(new PathSelector(new SeededRandom(7), Strict with { AllowPrivateAddresses = true }).CanBeGuard(relay));
    }

    [Fact]
    public void Every_path_keeps_every_rule()
    {
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            seed =>
            {
                var random = new SeededRandom(seed);
                var view = RandomNetwork(random);
                var selector = new PathSelector(random, Strict);
                var planner = new PathPlanner(selector, new GuardSet(Context(random), selector, path: null), new Vanguards(Context(random), selector));
                var banned = view.Relays[0].Fingerprint;
                for (var i = 0; i < 5; i++)
                {
                    CheckPath(view, selector, banned, () => planner.PlanExit(view, new ExitNeed(80), [banned]), exitPort: 80);
                    CheckPath(view, selector, banned, () => planner.Plan(view, new CircuitRequest { Length = 4, Stable = true }, [banned]), exitPort: null);
                }
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_last_hop_named_by_somebody_else_is_kept_apart_from_the_rest()
    {
        var view = SmallConsensus.View(Enumerable.Range(1, 6).Select(n => SmallConsensus.Relay(n)));
        var random = new SeededRandom(8);
        var selector = new PathSelector(random, Strict);
        var planner = new PathPlanner(selector, new GuardSet(Context(random), selector, path: null), new Vanguards(Context(random), selector));
        var foreign = SmallConsensus.Relay(9, address: view.Relays[0].Status.Address.ToString()).ToHop();
        for (var i = 0; i < 50; i++)
        {
            var plan = planner.Plan(view, new CircuitRequest { Length = 4, Last = foreign }, []);
            Assert.Same(foreign, plan.Hops[^1]);
            Assert.DoesNotContain(plan.Hops, h => h.Fingerprint == view.Relays[0].Fingerprint);
            Assert.Equal(4, plan.Hops.Select(h => h.Fingerprint).Distinct().Count());
        }
    }

    [Fact]
    public void Too_few_relays_are_said_so()
    {
        var view = SmallConsensus.View([SmallConsensus.Exit(1), SmallConsensus.Relay(2)]);
        var random = new SeededRandom(9);
        var selector = new PathSelector(random, Strict);
        var planner = new PathPlanner(selector, new GuardSet(Context(random), selector, path: null), new Vanguards(Context(random), selector));
        Assert.Contains("too few relays", Assert.Throws<TorException>(() => planner.PlanExit(view, new ExitNeed(80), [])).Message, StringComparison.Ordinal);
    }

    private static void CheckPath(NetworkView view, PathSelector selector, RelayFingerprint banned, Func<PathPlan> plan, int? exitPort)
    {
        PathPlan path;
        try
        {
            path = plan();
        }
        catch (TorException e)
        {
            Assert.True(e.IsTransient); // A random network may be too small.
            return;
        }

        var nodes = path.Hops.Select(h => view.Find(h.Fingerprint)!).ToList();
        Assert.DoesNotContain(nodes, n => n.Fingerprint == banned);
        Assert.All(nodes, n => Assert.True(n.Has(RelayFlags.Running | RelayFlags.Valid)));
        Assert.True(nodes[0].Has(RelayFlags.Guard | RelayFlags.V2Dir));
        for (var i = 0; i < nodes.Count; i++)
        {
            for (var j = i + 1; j < nodes.Count; j++)
            {
                Assert.False(selector.Conflicts(nodes[i], nodes[j]));
            }
        }

        Assert.True(exitPort is null || nodes[^1].Policy.Allows(exitPort.Value));
    }

    private static NetworkView RandomNetwork(SeededRandom random)
    {
        int Next(int max) => Protocol.Cryptography.RandomSourceExtensions.Next(random, max);
        var relays = Enumerable.Range(1, 6 + Next(30)).Select(n => SmallConsensus.Relay(
            n,
            (RelayFlags)Next(1 << 14) | (Next(4) == 0 ? RelayFlags.None : SmallConsensus.Everything),
            (uint)Next(5000),
            $"{20 + Next(6)}.{Next(4)}.0.{n}",
            Next(2) == 0 ? "accept 80,443" : "reject 1-65535",
            $"$" + SmallConsensus.Fingerprint(Next(12)) + " $" + SmallConsensus.Fingerprint(Next(12))));
        return SmallConsensus.View(relays, Next(2) == 0 ? null : $"Wgg={Next(10001)} Wgd={Next(10001)} Wmg={Next(10001)} Wed={Next(10001)} Wee={Next(10001)}");
    }

    private static NodeContext Context(SeededRandom random) => new(new ManualTimeProvider(), random, NullLoggerFactory.Instance);
}
