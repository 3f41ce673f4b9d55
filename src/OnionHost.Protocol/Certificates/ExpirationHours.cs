namespace OnionHost.Protocol.Certificates;

/// <summary>Certificates count their end in hours since 1970, in 4 bytes.</summary>
internal static class ExpirationHours
{
    /// <summary>The hour at or after a time.</summary>
    public static uint From(DateTimeOffset time) => checked((uint)((time.ToUnixTimeSeconds() + 3599) / 3600));

    /// <summary>The time of an hour; what lies beyond the year 9999 counts as its end.</summary>
    public static DateTimeOffset ToTime(uint hours) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Min(hours * 3600L, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
