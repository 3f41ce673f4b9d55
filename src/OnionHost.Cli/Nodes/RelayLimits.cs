using OnionHost.Cli.Settings;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Relays;

namespace OnionHost.Cli.Nodes;

/// <summary>What a relay takes altogether, of each link, and of each client; null leaves it as it is usual.</summary>
/// <param name="All">Bytes of all links.</param>
/// <param name="Link">Bytes of each link.</param>
/// <param name="Memory">Bytes that may wait.</param>
/// <param name="Handshakes">Handshakes of circuits that may wait.</param>
/// <param name="Floods">What one client may ask for.</param>
internal sealed record RelayLimits(Bandwidth? All, Bandwidth? Link, long? Memory, int? Handshakes, FloodSettings Floods)
{
    private const long LeastRate = 75 * 1024;

    private static readonly ToolOption LinkRate = new("--link-bandwidth-rate", "SIZE", "Bytes a second that it takes from each link on average, such as 1MB")
    {
        Takes = "bytes a second, such as 1MB, at least 16KB",
    };

    private static readonly ToolOption LinkBurst = new("--link-bandwidth-burst", "SIZE", "Bytes that it takes from each link at once after a pause")
    {
        Takes = "bytes, such as 2MB, not less than --link-bandwidth-rate",
    };

    private static readonly ToolOption MaxMemory = new("--max-memory", "SIZE", "Memory for cells that wait; beyond it the circuits whose cells wait longest are closed (default: a part of the machine's)")
    {
        Takes = "bytes, such as 512MB, at least 16MB",
    };

    private static readonly ToolOption MaxHandshakes = Count("--max-waiting-handshakes", "Handshakes of new circuits that may wait; more are refused (default 2048)");
    private static readonly ToolOption CircuitRate = Count("--client-circuit-rate", "Circuits a second that one client address may make; such limits are the consensus's unless given");
    private static readonly ToolOption CircuitBurst = Count("--client-circuit-burst", "Circuits that one client address may make at once");
    private static readonly ToolOption Connections = Count("--client-connections", "Connections that one client address may have at the same time");
    private static readonly ToolOption ConnectRate = Count("--client-connection-rate", "Connections, each with a TLS handshake, that one client address may open a second");
    private static readonly ToolOption ConnectBurst = Count("--client-connection-burst", "Connections that one client address may open at once");
    private static readonly ToolOption StreamRate = Count("--circuit-stream-rate", "Streams a second that one circuit may open");
    private static readonly ToolOption StreamBurst = Count("--circuit-stream-burst", "Streams that one circuit may open at once");

    /// <summary>The options.</summary>
    public static IReadOnlyList<ToolOption> Options { get; } =
    [
        Settings.Options.BandwidthRate, Settings.Options.BandwidthBurst, LinkRate, LinkBurst, MaxMemory, MaxHandshakes,
        CircuitRate, CircuitBurst, Connections, ConnectRate, ConnectBurst, StreamRate, StreamBurst,
    ];

    /// <summary>Reads the options; the result counts only if no fault was noted.</summary>
    public static RelayLimits Read(ToolSettings settings) => new(
        ReadBandwidth(settings),
        ReadBandwidth(settings, LinkRate, LinkBurst, Bandwidth.SmallestRate),
        ReadSize(settings, MaxMemory, RelayOptions.SmallestQueueMemory, long.MaxValue),
        ReadCount(settings, MaxHandshakes),
        new FloodSettings
        {
            CircuitRate = ReadCount(settings, CircuitRate),
            CircuitBurst = ReadBurst(settings, CircuitRate, CircuitBurst),
            MaxConnections = ReadCount(settings, Connections),
            ConnectRate = ReadCount(settings, ConnectRate),
            ConnectBurst = ReadBurst(settings, ConnectRate, ConnectBurst),
            StreamRate = ReadCount(settings, StreamRate),
            StreamBurst = ReadBurst(settings, StreamRate, StreamBurst),
        });

    /// <summary>Reads <c>--bandwidth-rate</c> and <c>--bandwidth-burst</c>; one of them stands for both.</summary>
    public static Bandwidth? ReadBandwidth(ToolSettings settings) =>
        ReadBandwidth(settings, Settings.Options.BandwidthRate, Settings.Options.BandwidthBurst, LeastRate);

    /// <summary>A relay's options with these limits.</summary>
    public RelayOptions ApplyTo(RelayOptions relay) => relay with
    {
        BandwidthRate = All?.Rate ?? relay.BandwidthRate,
        BandwidthBurst = All?.Burst ?? relay.BandwidthBurst,
        LinkBandwidthRate = Link?.Rate,
        LinkBandwidthBurst = Link?.Burst,
        MaxMemoryInQueues = Memory,
        MaxWaitingHandshakes = Handshakes ?? relay.MaxWaitingHandshakes,
        Floods = Floods,
    };

    private static ToolOption Count(string name, string description) => new(name, "N", description) { Takes = "a number of at least 1" };

    private static Bandwidth? ReadBandwidth(ToolSettings settings, ToolOption rateOption, ToolOption burstOption, long least)
    {
        // What a descriptor's line can say.
        var rate = ReadSize(settings, rateOption, least, int.MaxValue);
        var burst = ReadSize(settings, burstOption, least, int.MaxValue);
        if (burst < rate)
        {
            settings.Fault(burstOption, $"it is less than {rateOption.Name}. It takes as much or more.");
        }

        return rate is null && burst is null ? null : new Bandwidth(rate ?? burst!.Value, burst ?? rate!.Value);
    }

    private static long? ReadSize(ToolSettings settings, ToolOption option, long least, long most)
    {
        var size = settings.Read<long?>(option, null, static (string text, out long? value) =>
        {
            var isSize = Parsers.Size(text, out var bytes);
            value = bytes;
            return isSize;
        });
        if (size < least || size > most)
        {
            settings.Fault(option, $"{size} is out of range. It takes {option.Takes}{(most == int.MaxValue ? ", and at most 2047MB" : string.Empty)}.");
            return null;
        }

        return size;
    }

    private static int? ReadCount(ToolSettings settings, ToolOption option) => settings.Read<int?>(option, null, static (string text, out int? value) =>
    {
        var isCount = Parsers.Count(text, out var count) && count > 0;
        value = count;
        return isCount;
    });

    private static int? ReadBurst(ToolSettings settings, ToolOption rate, ToolOption burst)
    {
        var most = ReadCount(settings, burst);
        if (most is not null && settings.Text(rate) is { } text && Parsers.Count(text, out var average) && most < average)
        {
            settings.Fault(burst, $"it is less than {rate.Name}. It takes as much or more.");
        }

        return most;
    }
}
