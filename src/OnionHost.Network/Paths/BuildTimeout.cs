namespace OnionHost.Network.Paths;

/// <summary>How long a circuit may take to be built. Fixed for now; what it is told is what an adaptive one learns from (path-spec 2.4).</summary>
internal sealed class BuildTimeout
{
    /// <summary>The time that a new build gets.</summary>
    public TimeSpan Current { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A circuit was complete after this time.</summary>
    public void Built(TimeSpan elapsed) => _ = elapsed;
}
