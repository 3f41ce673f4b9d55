using System.Collections.Immutable;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>
/// The weights that make the guard, middle and exit positions carry equal bandwidth (dir-spec 3.8.3, "computing
/// bandwidth weights"). All divisions drop the remainder toward zero, as every authority must get the same numbers.
/// </summary>
internal readonly record struct BandwidthBalance(
    long Wgg, long Wgd, long Wmg, long Wme, long Wmd, long Wee, long Wed)
{
    private const long S = BandwidthWeights.Scale;
    private const long Tolerance = 10;

    /// <summary>Solves for guards <paramref name="g"/>, middles <paramref name="m"/>, exits <paramref name="e"/> and both <paramref name="d"/>.</summary>
    public static BandwidthBalance? Solve(long g, long m, long e, long d)
    {
        const long most = long.MaxValue / 100_000_000;
        if (g <= 0 || m <= 0 || e <= 0 || d <= 0 || g > most || m > most || e > most || d > most)
        {
            return null;
        }

        var total = g + m + e + d;
        if (3 * e >= total && 3 * g >= total)
        {
            return Plentiful(g, m, e).Accept(g, m, e, d);
        }

        if (3 * e < total && 3 * g < total)
        {
            return BothScarce(g, m, e, d);
        }

        return 3 * (Math.Min(e, g) + d) < total ? OneVeryScarce(g, m, e).AcceptUnbalanced() : OneScarce(g, m, e, d).Accept(g, m, e, d);
    }

    /// <summary>The weights by name, those included that follow from others.</summary>
    public ImmutableSortedDictionary<string, int> Weights() => new (string Name, long Value)[]
    {
        ("Wbd", Wmd), ("Wbe", Wme), ("Wbg", Wmg), ("Wbm", S), ("Wdb", S), ("Web", S), ("Wed", Wed), ("Wee", Wee), ("Weg", Wed), ("Wem", Wee),
        ("Wgb", S), ("Wgd", Wgd), ("Wgg", Wgg), ("Wgm", Wgg), ("Wmb", S), ("Wmd", Wmd), ("Wme", Wme), ("Wmg", Wmg), ("Wmm", S),
    }.ToImmutableSortedDictionary(w => w.Name, w => (int)w.Value, StringComparer.Ordinal);

    // Case 1: neither guards nor exits are scarce.
    private static BandwidthBalance Plentiful(long g, long m, long e)
    {
        var wee = S * (e + g + m) / (3 * e);
        var wmg = S * ((2 * g) - e - m) / (3 * g);
        return new BandwidthBalance(Wgg: S - wmg, Wgd: S / 3, Wmg: wmg, Wme: S - wee, Wmd: S / 3, Wee: wee, Wed: S / 3);
    }

    // Case 2: both are scarce.
    private static BandwidthBalance? BothScarce(long g, long m, long e, long d)
    {
        if (Math.Min(e, g) + d < Math.Max(e, g))
        {
            var toExit = e < g;
            return new BandwidthBalance(S, toExit ? 0 : S, 0, 0, 0, S, toExit ? S : 0).AcceptUnbalanced();
        }

        var wed = S * (d - (2 * e) + (4 * g) - (2 * m)) / (3 * d);
        var rest = (S - wed) / 2;
        var first = new BandwidthBalance(S, rest, 0, S * (g - m) / e, rest, S * (e - g + m) / e, wed);
        if (first.Fault(g, m, e, d) == BalanceFault.None)
        {
            return first;
        }

        wed = S * (d - (2 * e) + g + m) / (3 * d);
        var wmd = Math.Max(0, S * (d - (2 * m) + g + e) / (3 * d));
        var second = new BandwidthBalance(S, S - wed - wmd, 0, 0, wmd, S, wed);
        return second.Fault(g, m, e, d) is BalanceFault.None or BalanceFault.Middle ? second : null;
    }

    // Case 3a: one is so scarce that all of D does not make up for it.
    private static BandwidthBalance OneVeryScarce(long g, long m, long e)
    {
        if (g < e)
        {
            var wme = e < m ? 0 : S * (e - m) / (2 * e);
            return new BandwidthBalance(S, S, 0, wme, 0, S - wme, 0);
        }

        var wmg = g < m ? 0 : S * (g - m) / (2 * g);
        return new BandwidthBalance(S - wmg, 0, wmg, 0, 0, S, S);
    }

    // Case 3b: D makes up for it.
    private static BandwidthBalance OneScarce(long g, long m, long e, long d)
    {
        if (g < e)
        {
            var wgd = S * (d - (2 * g) + e + m) / (3 * d);
            var wee = S * (e + m) / (2 * e);
            return new BandwidthBalance(S, wgd, 0, S - wee, (S - wgd) / 2, wee, (S - wgd) / 2);
        }

        var wed = S * (d - (2 * e) + g + m) / (3 * d);
        var wgg = S * (g + m) / (2 * g);
        return new BandwidthBalance(wgg, (S - wed) / 2, S - wgg, 0, (S - wed) / 2, S, wed);
    }

    private BandwidthBalance? Accept(long g, long m, long e, long d) => Fault(g, m, e, d) == BalanceFault.None ? this : null;

    // Where all of D goes to one position and still does not suffice, the positions cannot be equal.
    private BandwidthBalance? AcceptUnbalanced() => AddsUp() ? this : null;

    private bool AddsUp() =>
        new[] { Wgg, Wgd, Wmg, Wme, Wmd, Wee, Wed }.All(w => w is >= 0 and <= S)
        && !Off(Wed + Wmd + Wgd, S, Tolerance) && !Off(Wmg + Wgg, S, Tolerance) && !Off(Wme + Wee, S, Tolerance);

    private BalanceFault Fault(long g, long m, long e, long d)
    {
        if (!AddsUp())
        {
            return BalanceFault.Sum;
        }

        var slack = 10 * (g + m + e + d) / 3;
        var guards = (Wgg * g) + (Wgd * d);
        if (Off(guards, (Wee * e) + (Wed * d), slack))
        {
            return BalanceFault.Exit;
        }

        return Off(guards, (m * S) + (Wmd * d) + (Wme * e) + (Wmg * g), slack) ? BalanceFault.Middle : BalanceFault.None;
    }

    private static bool Off(long left, long right, long slack) => Math.Abs(left - right) > slack;

    /// <summary>Which of the equations does not hold.</summary>
    private enum BalanceFault
    {
        None,
        Sum,
        Exit,
        Middle,
    }
}
