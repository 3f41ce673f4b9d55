namespace OnionHost.Network.Guards;

/// <summary>How long to wait before an unreachable guard is tried again (guard-spec 4.7).</summary>
internal static class GuardRetrySchedule
{
    private static readonly (TimeSpan FailingFor, TimeSpan Primary, TimeSpan Other)[] Steps =
    [
        (TimeSpan.FromHours(6), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)),
        (TimeSpan.FromDays(4), TimeSpan.FromMinutes(90), TimeSpan.FromHours(4)),
        (TimeSpan.FromDays(7), TimeSpan.FromHours(4), TimeSpan.FromHours(18)),
    ];

    /// <summary>The pause for a guard that has failed for so long.</summary>
    public static TimeSpan Interval(TimeSpan failingFor, bool isPrimary)
    {
        foreach (var (until, primary, other) in Steps)
        {
            if (failingFor < until)
            {
                return isPrimary ? primary : other;
            }
        }

        return isPrimary ? TimeSpan.FromHours(9) : TimeSpan.FromHours(36);
    }
}
