using System.Net;
using OnionHost.Cli.Networks;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Network.Socks;
using OnionHost.Network.Streams;

namespace OnionHost.Cli.Visits;

/// <summary>How a command that fetches one thing gets into the network: through a client that runs, or as a client of its own.</summary>
/// <param name="Socks">The SOCKS port of a client that runs; null for a client of one's own.</param>
/// <param name="Client">The client of one's own; null for one that runs.</param>
internal sealed record VisitSettings(IPEndPoint? Socks, ClientSettings? Client)
{
    private static readonly ToolOption Proxy = Options.Socks with { Description = "The SOCKS port of a client that runs; otherwise --network is needed" };

    /// <summary>The options.</summary>
    public static IReadOnlyList<ToolOption> All { get; } = [Proxy, Options.Network, Options.Data, Options.Wait];

    /// <summary>What a refusal at the other end of a stream means, told as a SOCKS port's is.</summary>
    public static ToolException Refused(string host, StreamException refused) =>
        new(ExitCode.NotFound, $"'{host}': {SocksMeaning.Of((byte)SocksReply.CodeOf(refused.Reason))}", refused);

    /// <summary>Reads the options; null if they are wrong, which is noted.</summary>
    public static VisitSettings? Read(ToolSettings settings)
    {
        if (settings.Text(Proxy) is not null)
        {
            var socks = settings.Read(Proxy, new IPEndPoint(IPAddress.Loopback, 0), Parsers.LocalEndPoint);
            if (socks.Port == 0)
            {
                settings.Fault(Proxy, "port 0 is no port to connect to. It takes HOST:PORT of a client that runs.");
            }

            return new VisitSettings(socks, null);
        }

        if (settings.Text(Options.Network) is null)
        {
            settings.Fault($"--socks or --network: one is needed. --socks takes HOST:PORT of a client that runs; --network takes {Options.Network.Takes}.");
            return null;
        }

        // Without a directory of its own it forgets everything at the end: the usual one may be in use.
        var data = settings.Text(Options.Data) is null ? null : DataDirectory.Of(settings, "client");
        return ClientSettings.Read(settings, data, socks: null) is { } client ? new VisitSettings(null, client) : null;
    }
}
