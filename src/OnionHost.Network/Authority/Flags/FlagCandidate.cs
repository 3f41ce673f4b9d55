using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Flags;

/// <summary>A relay to give flags to.</summary>
/// <param name="Descriptor">What it says.</param>
/// <param name="IsRunning">True if it is reachable.</param>
/// <param name="IsAuthority">True if it is a directory authority.</param>
/// <param name="Measured">What was measured, kilobytes a second; null if nothing was.</param>
/// <param name="History">How it ran so far.</param>
internal sealed record FlagCandidate(ServerDescriptor Descriptor, bool IsRunning, bool IsAuthority, uint? Measured, RelayHistory History)
{
    private const uint MostCredible = 10_000_000;

    /// <summary>What to believe of its claimed bandwidth, bytes a second.</summary>
    public uint CredibleBandwidth => Math.Min(Math.Min(Descriptor.BandwidthRate, Descriptor.BandwidthObserved), MostCredible);

    /// <summary>The bandwidth that flags go by, bytes a second: the measured one if there is one.</summary>
    public ulong Bandwidth => Measured is { } measured ? measured * 1000UL : CredibleBandwidth;

    /// <summary>How long it has been running by its own account.</summary>
    public TimeSpan Uptime(DateTimeOffset now) => Descriptor.Uptime + (now > Descriptor.Published ? now - Descriptor.Published : TimeSpan.Zero);
}
