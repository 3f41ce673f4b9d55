using System.Globalization;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Protocol;

namespace OnionHost.Cli.Nodes;

/// <summary>
/// Compares an authority's clock with those of the others, by the dates of their answers. Authorities vote at the same moments, so
/// one whose clock is off is worse than none.
/// </summary>
internal sealed class AuthorityClock(NodeContext node, IReadOnlyList<DirectoryAuthority> others, TimeSpan tolerance)
{
    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromSeconds(5);

    /// <summary>Asks every other authority once.</summary>
    /// <returns>What is wrong, if the clocks of more than half of all authorities agree that ours is off; else null.</returns>
    public async Task<TorException?> CheckAsync(CancellationToken stop)
    {
        var skews = (await Task.WhenAll(others.Select(authority => SkewAsync(authority, stop)))).OfType<TimeSpan>().Order().ToList();
        var ahead = skews.Where(skew => skew > tolerance).ToList();
        var behind = skews.Where(skew => skew < -tolerance).ToList();
        var worst = ahead.Count >= behind.Count ? ahead : behind;
        if (worst.Count * 2 <= others.Count + 1)
        {
            return null;
        }

        var median = worst[worst.Count / 2];
        return new TorException(
            TorErrorKind.Local,
            $"This machine's clock is {Amount(median.Duration())} {(median > TimeSpan.Zero ? "ahead of" : "behind")} the clocks of {worst.Count} of the {others.Count} other authorities. "
            + "Authorities vote at the same moments: set the clock, for example with NTP, and start again.")
        {
            Cause = TorCause.ClockOff,
        };
    }

    private async Task<TimeSpan?> SkewAsync(DirectoryAuthority authority, CancellationToken stop)
    {
        try
        {
            var before = node.Now;
            var response = await new AuthorityPeer(node, authority, TimeToAnswer).GetAsync("/tor/keys/authority", stop);
            var after = node.Now;

            // The truth lies between the question and the answer; a date has whole seconds.
            return response.Headers.TryGetValue("Date", out var text)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
                    ? before + ((after - before) / 2) - date
                    : null;
        }
        catch (Exception fault) when (fault is TorException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static string Amount(TimeSpan time) => time.TotalMinutes >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} seconds");
}
