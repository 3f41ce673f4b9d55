namespace OnionHost.Protocol.Directory.SharedRandom;

/// <summary>Where a voting round stands in its shared random protocol run of 24 rounds (srv-spec 3).</summary>
public static class SharedRandomSchedule
{
    /// <summary>Voting rounds in one run.</summary>
    public const int RoundsPerRun = 24;

    private const int RoundsPerPhase = RoundsPerRun / 2;

    /// <summary>The number of a round in its run, 0 to 23.</summary>
    /// <param name="validAfter">The round's valid-after time.</param>
    /// <param name="interval">The voting interval, whole seconds.</param>
    public static int RoundInRun(DateTimeOffset validAfter, TimeSpan interval) =>
        (int)(validAfter.ToUnixTimeSeconds() / Seconds(interval) % RoundsPerRun);

    /// <summary>The half of the run that a round belongs to.</summary>
    /// <param name="validAfter">The round's valid-after time.</param>
    /// <param name="interval">The voting interval, whole seconds.</param>
    public static SharedRandomPhase PhaseAt(DateTimeOffset validAfter, TimeSpan interval) =>
        RoundInRun(validAfter, interval) < RoundsPerPhase ? SharedRandomPhase.Commit : SharedRandomPhase.Reveal;

    /// <summary>The number of the run that a round belongs to, counted from 1970.</summary>
    /// <param name="validAfter">The round's valid-after time.</param>
    /// <param name="interval">The voting interval, whole seconds.</param>
    public static long RunAt(DateTimeOffset validAfter, TimeSpan interval) =>
        validAfter.ToUnixTimeSeconds() / Seconds(interval) / RoundsPerRun;

    private static long Seconds(TimeSpan interval) => Math.Max(1, interval.Ticks / TimeSpan.TicksPerSecond);
}
