using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Cli.Visits;
using OnionHost.Network.Paths;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Dialing;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost resolve NAME</c>: a lookup that this machine's resolver never hears of (section 3 of the paper: an exit does it).</summary>
internal sealed class ResolveCommand : ToolCommand
{
    private const int LongestName = 255;

    /// <inheritdoc/>
    public override string Name => "resolve";

    /// <inheritdoc/>
    public override string Summary => "Looks a name or an address up through an exit";

    /// <inheritdoc/>
    public override string Example => "onionhost resolve www.example.com --socks 127.0.0.1:9050";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => VisitSettings.All;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, string Description)> Arguments => [("NAME", "A host name; an IP address gives its name")];

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var name = settings.Arguments[0];
        if (name.Length > LongestName || (name.Length > 0 && Uri.CheckHostName(name) == UriHostNameType.Unknown))
        {
            settings.Fault($"NAME: '{name}' is not right. It takes a host name of at most {LongestName} characters, or an IP address.");
        }
        else if (OnionHostName.IsOnion(name))
        {
            settings.Fault($"NAME: '{name}' has no IP address: onion services are connected to by name. It takes a host name or an IP address.");
        }

        return VisitSettings.Read(settings) is { } visit ? (session, stop) => RunAsync(visit, name, session, stop) : null;
    }

    private static async Task<int> RunAsync(VisitSettings visit, string name, ToolSession session, CancellationToken stop)
    {
        if (visit.Socks is { } socks)
        {
            return Tell(name, [await SocksLookup.AskAsync(socks, name, stop)], session);
        }

        using var data = visit.Client!.Data is { } path ? DataDirectory.Take(path) : null;
        await using var client = visit.Client.Create(session);
        await visit.Client.StartQuietlyAsync(client, session, stop);
        try
        {
            return Tell(name, (await client.Dialer.ResolveAsync(name, IsolationKey.None, stop)).Answers, session);
        }
        catch (StreamException refused)
        {
            throw VisitSettings.Refused(name, refused);
        }
    }

    private static int Tell(string name, IReadOnlyList<ResolvedAnswer> answers, ToolSession session)
    {
        var known = answers.Where(answer => answer.Address is not null || answer.HostName is not null).ToList();
        foreach (var answer in known)
        {
            session.Events.Tell(
                "answer",
                answer.Address?.ToString() ?? answer.HostName!,
                ("name", name),
                ("address", answer.Address?.ToString()),
                ("hostName", answer.HostName),
                ("ttl", answer.Ttl > 0 ? answer.Ttl : null));
        }

        return known.Count > 0 ? ExitCode.Ended : throw new ToolException(
            ExitCode.NotFound, $"There is no such name: '{name}'" + (answers.Any(answer => answer.Type == ResolvedType.TransientError) ? ", or the exit could not ask. Try again." : "."));
    }
}
