using OnionHost.Network.Circuits;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Paths;
using OnionHost.Protocol;

namespace OnionHost.Rendezvous;

/// <summary>Refuses options that make no sense, all faults in one message.</summary>
internal static class TorClientOptionsCheck
{
    /// <summary>The most relays on a circuit.</summary>
    public const int LongestCircuit = ClientCircuit.MaxEarlyCells;

    /// <summary>A circuit takes new streams for at least so long.</summary>
    public static readonly TimeSpan ShortestUse = TimeSpan.FromSeconds(10);

    /// <summary>A circuit takes new streams for at most so long.</summary>
    public static readonly TimeSpan LongestUse = TimeSpan.FromDays(1);

    /// <summary>The shortest pause between cells of padding.</summary>
    public static readonly TimeSpan MostPadding = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause between cells of padding.</summary>
    public static readonly TimeSpan LeastPadding = TimeSpan.FromHours(1);

    /// <summary>Checks the options.</summary>
    /// <exception cref="TorException">Some are out of range; the message says which.</exception>
    public static void Check(TorClientOptions options)
    {
        var faults = Faults(options).ToList();
        if (faults.Count > 0)
        {
            throw new TorException(TorErrorKind.Local, $"The options of the client are wrong: {string.Join("; ", faults)}.");
        }
    }

    private static IEnumerable<string> Faults(TorClientOptions options)
    {
        if (options.CircuitLength is < PathPlanner.GeneralLength or > LongestCircuit)
        {
            yield return $"{nameof(options.CircuitLength)} is {options.CircuitLength}, but takes {PathPlanner.GeneralLength} to {LongestCircuit}: with fewer, one relay knows both who asks and for what";
        }

        if (options.NewCircuitAfter < ShortestUse || options.NewCircuitAfter > LongestUse)
        {
            yield return $"{nameof(options.NewCircuitAfter)} is {options.NewCircuitAfter}, but takes {ShortestUse} to {LongestUse}";
        }

        if (options.LongRangePadding is { } padding && (padding < MostPadding || padding > LeastPadding))
        {
            yield return $"{nameof(options.LongRangePadding)} is {padding}, but takes {MostPadding} to {LeastPadding}";
        }

        if (options.BandwidthRate is { } rate
            && new Bandwidth(rate, options.BandwidthBurst ?? rate).Fault(nameof(options.BandwidthRate), nameof(options.BandwidthBurst)) is { } fault)
        {
            yield return fault.TrimEnd('.');
        }

        if (options.BandwidthBurst is not null && options.BandwidthRate is null)
        {
            yield return $"{nameof(options.BandwidthBurst)} has no effect without {nameof(options.BandwidthRate)}";
        }
    }
}
