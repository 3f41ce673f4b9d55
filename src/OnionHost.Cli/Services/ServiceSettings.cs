using OnionHost.Cli.Settings;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Services;

/// <summary>What an onion service in front of other servers is told.</summary>
/// <param name="Ports">Its virtual ports, each with a server.</param>
/// <param name="Service">The service itself.</param>
internal sealed record ServiceSettings(IReadOnlyList<(int Port, ServiceTarget Target)> Ports, OnionServiceOptions Service)
{
    private const int UsualPort = 80;

    private static readonly ToolOption Target = new("--target", "HOST:PORT", "The server: HOST:PORT, a port of this machine, or unix:PATH")
    {
        Takes = "HOST:PORT, a port of this machine, or unix:PATH",
    };

    private static readonly ToolOption Unix = new("--unix", "PATH", "The server, if it listens on a Unix socket") { Takes = "the path of a Unix socket" };

    private static readonly ToolOption Port = new("--port", "PORT[=TARGET]", "A port of the onion service (default 80), with a server of its own if need be; may be repeated")
    {
        Takes = "a port from 1 to 65535, or PORT=HOST:PORT, or PORT=unix:PATH",
        IsMany = true,
    };

    private static readonly ToolOption RequireCookie = new("--require-cookie", string.Empty, "Let in only who holds a cookie: see 'onionhost cookie'");
    private static readonly ToolOption DescriptorOnly = new("--allow-descriptor-only", string.Empty, "With --require-cookie: also let in stock tor, which holds a cookie but does not prove it");
    private static readonly ToolOption MaxStreams = new("--max-streams", "N", "Streams at once on one visitor's circuit (default 1024)") { Takes = "a number from 1 to 65535" };
    private static readonly ToolOption Points = new("--introduction-points", "N", "Introduction points (default 3)") { Takes = "a number from 1 to 20" };

    /// <summary>The options.</summary>
    public static IReadOnlyList<ToolOption> Options { get; } = [Target, Unix, Port, RequireCookie, DescriptorOnly, MaxStreams, Points];

    /// <summary>Reads the options; the result counts only if no fault was noted.</summary>
    public static ServiceSettings Read(ToolSettings settings, string keys)
    {
        var usual = new OnionServiceOptions();
        var service = usual with
        {
            Name = "service",
            KeyDirectory = keys,
            IntroductionPoints = settings.Read(Points, usual.IntroductionPoints, Parsers.Count),
            MaxStreamsPerCircuit = settings.Read(MaxStreams, usual.MaxStreamsPerCircuit, Parsers.Count),
            RequireCookie = settings.Switch(RequireCookie),
            AllowDescriptorOnlyCookies = settings.Switch(DescriptorOnly),
        };
        Require(service.IntroductionPoints is >= 1 and <= 20, Points);
        Require(service.MaxStreamsPerCircuit is >= 1 and <= ushort.MaxValue, MaxStreams);
        if (service.AllowDescriptorOnlyCookies && !service.RequireCookie)
        {
            settings.Fault(DescriptorOnly, "it has no effect without --require-cookie. Give both, or neither.");
        }

        return new ServiceSettings(ReadPorts(settings), service);

        void Require(bool isGiven, ToolOption option)
        {
            if (!isGiven)
            {
                settings.Fault(option, $"'{settings.Text(option)}' is out of range. It takes {option.Takes}.");
            }
        }
    }

    private static IReadOnlyList<(int Port, ServiceTarget Target)> ReadPorts(ToolSettings settings)
    {
        ServiceTarget? usual = null;
        if (settings.Text(Unix) is not null)
        {
            usual = settings.Read(Unix, null!, (string text, out ServiceTarget target) => ServiceTarget.TryUnix(text, out target));
            if (settings.Text(Target) is not null)
            {
                settings.Fault(Unix, "--target is given too. It takes one of both; --port PORT=TARGET gives ports servers of their own.");
            }
        }
        else if (settings.Text(Target) is not null)
        {
            usual = settings.Read(Target, null!, (string text, out ServiceTarget target) => ServiceTarget.TryParse(text, out target));
        }

        var ports = settings.ReadAll<VirtualPort>(Port, VirtualPort.TryParse);
        ports = ports.Count > 0 ? ports : [new VirtualPort(UsualPort, null)];
        if (usual is null && settings.Text(Target) is null && settings.Text(Unix) is null && ports.Any(port => port.Target is null))
        {
            settings.Fault(Target, $"it is missing. It takes {Target.Takes}.");
        }

        foreach (var twice in ports.GroupBy(port => port.Port).Where(group => group.Count() > 1))
        {
            settings.Fault(Port, $"{twice.Key} is given twice. Each port has one server.");
        }

        return [.. ports.Select(port => (port.Port, port.Target ?? usual!))];
    }
}
