using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Periods;

/// <summary>
/// The two slots that a service keeps filled and the one that clients look in (rend-spec-v3 2.2.4). A client whose consensus is older
/// or newer than the service's by one step still finds one of the two.
/// </summary>
/// <param name="Earlier">With the previous shared random value.</param>
/// <param name="Later">With the current one; for the period after that of <paramref name="Earlier"/>.</param>
/// <param name="ForClients">Where a client with this consensus looks: one of the two.</param>
internal readonly record struct DescriptorSlots(DescriptorSlot Earlier, DescriptorSlot Later, DescriptorSlot ForClients)
{
    /// <summary>The slots under a consensus.</summary>
    public static DescriptorSlots Of(NetworkView view) => Of(
        view.ValidAfter,
        TimePeriods.LengthMinutes(view),
        TimePeriods.VotingInterval(view),
        view.SharedRandomPrevious,
        view.SharedRandomCurrent);

    /// <summary>The slots for a consensus that is valid after the given time and has these shared random values.</summary>
    public static DescriptorSlots Of(
        DateTimeOffset validAfter, uint lengthMinutes, TimeSpan votingInterval, byte[]? previous, byte[]? current)
    {
        var period = TimePeriods.At(validAfter, lengthMinutes, votingInterval);
        var between = TimePeriods.IsBetweenTimePeriodAndSharedRandom(validAfter, lengthMinutes, votingInterval);
        var first = between ? period.Previous : period;
        var earlier = DescriptorSlot.For(first, previous);
        var later = DescriptorSlot.For(first.Next, current);
        return new DescriptorSlots(earlier, later, between ? later : earlier);
    }
}
