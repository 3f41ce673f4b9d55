using OnionHost.Cli.Control;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Network;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost authority</c>: a directory authority.</summary>
internal sealed class AuthorityCommand : ToolCommand
{
    private static readonly TimeSpan LeastClockTolerance = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override string Name => "authority";

    /// <inheritdoc/>
    public override string Summary => "Runs a directory authority";

    /// <inheritdoc/>
    public override string Example => "onionhost authority --network network.torrc --data ~/auth1";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [.. RelaySettings.Options.Where(option => option != Settings.Options.ExitPolicy), .. AuthoritySettings.Options];

    /// <inheritdoc/>
    public override IReadOnlyList<ToolCommand> Children { get; } =
    [
        new AuthorityKeysCommand(), new AuthorityDecideCommand("approve"), new AuthorityDecideCommand("reject"), new AuthorityDecideCommand("forget"),
        new AuthorityListCommand(),
    ];

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var data = DataDirectory.Of(settings, Name);
        var wish = AuthorityWish.Read(settings);
        var voting = AuthoritySettings.Read(settings);
        settings.Read(Settings.Options.Wait, ClientSettings.UsualPatience, Parsers.Duration);
        var relay = RelaySettings.Read(settings, 0);
        return relay is null ? null : (session, stop) => RunAsync(relay, voting, wish, data, session, stop);
    }

    private static async Task<int> RunAsync(
        RelaySettings settings, AuthoritySettings voting, AuthorityWish wish, string path, ToolSession session, CancellationToken stop)
    {
        using var data = DataDirectory.Take(path);
        session.Events.Tell("starting", "Loading or making keys.");
        var self = AuthorityHome.LoadOrMake(session.Node, data, wish);
        CheckNetwork(self, settings);
        settings = settings with { Nickname = self.Nickname, Address = self.OrPort.Address, OrPort = self.OrPort.Port, DirPort = self.DirPort.Port };
        await using var authority = new AuthorityServer(session.Node, settings.ToOptions(data.Path, isAuthority: true));
        await using var control = ControlServer.Start(session, data, new AuthorityStatus(authority));
        var options = voting.ToOptions(session.Node, self, settings.Network, settings, data);
        try
        {
            await authority.ListenAsync(stop);
            var tolerance = options.VoteDelay / 2 > LeastClockTolerance ? options.VoteDelay / 2 : LeastClockTolerance;
            if (await new AuthorityClock(session.Node, [.. options.Others], tolerance).CheckAsync(stop) is { } fault)
            {
                throw fault;
            }

            Join(authority, options, settings, session);
            await ToolSession.EndAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was ended before it was ready, which is as good as after.
        }

        session.Events.Tell("stopped", "Stopped.");
        return ExitCode.Ended;
    }

    private static void Join(AuthorityServer authority, Network.Authority.AuthorityOptions options, RelaySettings settings, ToolSession session)
    {
        authority.Join(options);
        authority.Voting.Published += consensus => session.Events.Tell(
            "consensus",
            $"Consensus of {consensus.ValidAfter:u}: {consensus.Relays.Count} relays, {consensus.Signatures.Count} of {consensus.Authorities.Count} authorities signed.",
            ("validAfter", consensus.ValidAfter.ToString("u")),
            ("relays", consensus.Relays.Count),
            ("signatures", consensus.Signatures.Count));
        authority.Voting.Failed += (validAfter, reason) => session.Events.Tell(
            "noConsensus", $"No consensus of {validAfter:u}: {reason}.", ("validAfter", validAfter.ToString("u")), ("reason", reason));
        authority.Voting.Equivocations.Found += found => session.Events.Tell(
            "equivocation",
            $"Authority {found.Nickname} ({found.Authority}) signed two different votes of {found.ValidAfter:u}, {found.First} and {found.Second}; both are in {found.File}.",
            ("validAfter", found.ValidAfter.ToString("u")),
            ("authority", found.Nickname),
            ("v3ident", found.Authority.ToString()),
            ("votes", new[] { found.First.ToString(), found.Second.ToString() }),
            ("file", found.File));
        authority.Server.Join(settings.Network.Description.Authorities);
        authority.Voting.Start();
        session.Events.Tell(
            "ready",
            $"Ready. {AuthorityHome.Line(authority.Self)}\nIt votes every {options.Interval.TotalSeconds:0} s{(options.Approvals is null ? " and lists every relay." : "; approve relays with: onionhost authority approve FINGERPRINT --data DIR")}",
            [.. new RelayEvents(session.Events, authority.Server, settings).Facts(), ("v3ident", authority.Self.V3Identity.ToString()), ("line", AuthorityHome.Line(authority.Self))]);
    }

    /// <summary>All authorities must know the same network, this one included.</summary>
    private static void CheckNetwork(DirectoryAuthority self, RelaySettings settings)
    {
        var known = settings.Network.Description.Authorities.FirstOrDefault(authority => authority.V3Identity == self.V3Identity);
        if (known != self)
        {
            throw new ToolException(
                ExitCode.NetworkFile,
                $"--network: {settings.Network.Name} {(known is null ? "does not name this authority" : $"names this authority otherwise ({known})")}. "
                + $"It needs this line, and so do the files of everybody else:\n{AuthorityHome.Line(self)}");
        }
    }
}
