using OnionHost.Cli.Settings;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Paths;
using OnionHost.Rendezvous;

namespace OnionHost.Cli.Nodes;

/// <summary>What a client may do otherwise than usual; null leaves it as it is usual.</summary>
/// <param name="CircuitLength">Relays on a circuit to an exit.</param>
/// <param name="LeavesFromMiddle">True if streams may leave a circuit before its end.</param>
/// <param name="NewCircuitAfter">How long a circuit takes new streams.</param>
/// <param name="Padding">How often a circuit in use is padded.</param>
/// <param name="Bandwidth">Incoming bytes of all links.</param>
internal sealed record ClientTuning(int? CircuitLength, bool LeavesFromMiddle, TimeSpan? NewCircuitAfter, TimeSpan? Padding, Bandwidth? Bandwidth)
{
    private static readonly ToolOption Length = new("--circuit-length", "N", "Relays on a circuit to an exit, the exit included (default 3)") { Takes = "a number from 3 to 8" };
    private static readonly ToolOption Middle = new("--leave-from-middle", string.Empty, "Let streams leave a circuit at any relay behind the guard whose policy allows it, not only at the end");
    private static readonly ToolOption NewCircuits = new("--new-circuit-after", "TIME", "How long a circuit to an exit takes new streams (default 10m)") { Takes = "a time from 10s to 24h" };

    private static readonly ToolOption PaddingEvery = new("--padding", "TIME", "Send padding to the last relay of circuits in use, at random, this often on average (default: none)")
    {
        Takes = "a time from 10ms to 1h",
    };

    /// <summary>The options of a client.</summary>
    public static IReadOnlyList<ToolOption> Options { get; } = [Length, Middle, NewCircuits, PaddingEvery, Settings.Options.BandwidthRate, Settings.Options.BandwidthBurst];

    /// <summary>Those of them that mean something to an onion service, whose circuits have the lengths that Tor gives them.</summary>
    public static IReadOnlyList<ToolOption> OfServices { get; } = [PaddingEvery, Settings.Options.BandwidthRate, Settings.Options.BandwidthBurst];

    /// <summary>Reads the options; the result counts only if no fault was noted.</summary>
    public static ClientTuning Read(ToolSettings settings) => new(
        ReadLength(settings),
        settings.Switch(Middle),
        ReadTime(settings, NewCircuits, TorClientOptionsCheck.ShortestUse, TorClientOptionsCheck.LongestUse),
        ReadTime(settings, PaddingEvery, TorClientOptionsCheck.MostPadding, TorClientOptionsCheck.LeastPadding),
        RelayLimits.ReadBandwidth(settings));

    /// <summary>A client's options with these.</summary>
    public TorClientOptions ApplyTo(TorClientOptions client) => client with
    {
        CircuitLength = CircuitLength ?? client.CircuitLength,
        LeaveFromMiddle = LeavesFromMiddle,
        NewCircuitAfter = NewCircuitAfter ?? client.NewCircuitAfter,
        LongRangePadding = Padding,
        BandwidthRate = Bandwidth?.Rate,
        BandwidthBurst = Bandwidth?.Burst,
    };

    private static int? ReadLength(ToolSettings settings)
    {
        if (settings.Text(Length) is null)
        {
            return null;
        }

        var length = settings.Read(Length, PathPlanner.GeneralLength, Parsers.Count);
        if (length < PathPlanner.GeneralLength)
        {
            settings.Fault(Length, $"{length} is too few: one relay could know both who asks and for what. It takes {Length.Takes}.");
        }
        else if (length > TorClientOptionsCheck.LongestCircuit)
        {
            settings.Fault(Length, $"{length} is too many: relays extend a circuit by no more than {TorClientOptionsCheck.LongestCircuit}. It takes {Length.Takes}.");
        }

        return length;
    }

    private static TimeSpan? ReadTime(ToolSettings settings, ToolOption option, TimeSpan least, TimeSpan most)
    {
        if (settings.Text(option) is null)
        {
            return null;
        }

        var time = settings.Read(option, least, Parsers.Duration);
        if (time < least || time > most)
        {
            settings.Fault(option, $"'{settings.Text(option)}' is out of range. It takes {option.Takes}.");
        }

        return time;
    }
}
