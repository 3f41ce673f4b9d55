using System.Globalization;

namespace OnionHost.Network.Authority;

/// <summary>How far this machine's clock is from those of other authorities that agree about it.</summary>
/// <param name="Ahead">The median of what they say; negative if it is behind.</param>
/// <param name="Agreeing">How many say that it is off in this direction.</param>
internal readonly record struct ClockOffset(TimeSpan Ahead, int Agreeing)
{
    /// <summary>Looks which way most of those say that are beyond the tolerance; nobody if none is.</summary>
    /// <param name="ahead">How far this machine's clock is ahead of each other one.</param>
    /// <param name="tolerance">What does not count.</param>
    public static ClockOffset Of(IEnumerable<TimeSpan> ahead, TimeSpan tolerance)
    {
        var sides = ahead.Where(skew => skew.Duration() > tolerance).Order().ToLookup(skew => skew > TimeSpan.Zero);
        var worst = sides[true].Count() >= sides[false].Count() ? sides[true].ToList() : [.. sides[false]];
        return worst.Count == 0 ? default : new ClockOffset(worst[worst.Count / 2], worst.Count);
    }

    /// <summary>The amount, in words.</summary>
    public string Amount => Ahead.Duration() is { TotalMinutes: >= 2 } time
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{Ahead.Duration().TotalSeconds:0} seconds");

    /// <summary>The direction, in words.</summary>
    public string Direction => Ahead > TimeSpan.Zero ? "ahead of" : "behind";
}
