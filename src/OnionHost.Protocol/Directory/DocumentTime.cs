using System.Globalization;

namespace OnionHost.Protocol.Directory;

/// <summary>Times in directory documents: <c>YYYY-MM-DD HH:MM:SS</c>, always UTC (dir-spec 1.2).</summary>
public static class DocumentTime
{
    private const string Pattern = "yyyy-MM-dd HH:mm:ss";

    /// <summary>Writes a time; fractions of a second are dropped.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <summary>Reads a time from its two words; false if they are none.</summary>
    public static bool TryParse(ReadOnlySpan<char> date, ReadOnlySpan<char> time, out DateTimeOffset value) =>
        DateTimeOffset.TryParseExact(
            $"{date} {time}", Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
}
