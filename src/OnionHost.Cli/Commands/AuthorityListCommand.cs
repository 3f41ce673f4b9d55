using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Approval;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost authority list</c>: who waits, who is approved, who is rejected.</summary>
internal sealed class AuthorityListCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "list";

    /// <inheritdoc/>
    public override string Summary => "Shows the relays that wait for approval, and what was decided about others";

    /// <inheritdoc/>
    public override string Example => "onionhost authority list --data ~/auth1";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Settings.Options.Data];

    /// <inheritdoc/>
    public override Run Bind(ToolSettings settings, ToolContext context)
    {
        var data = DataDirectory.Of(settings, "authority");
        return (session, _) => Task.FromResult(List(data, session));
    }

    private static int List(string data, ToolSession session)
    {
        if (!Directory.Exists(data))
        {
            throw new ToolException(ExitCode.NotFound, $"--data: there is no authority in {data}. 'onionhost authority keys' makes one.");
        }

        var files = new AuthorityFiles(data);
        var decided = new ApprovalFile(files).Read();
        var waiting = new WaitingFile(files).Read().Where(relay => !decided.ContainsKey(relay.Fingerprint)).ToList();
        if (waiting.Count + decided.Count == 0)
        {
            session.Note("No relay waits for approval, and nothing was decided yet.");
        }

        foreach (var relay in waiting)
        {
            session.Events.Tell(
                "relay",
                $"waiting   {relay.Fingerprint} {relay.Nickname} {relay.OrPort} since {relay.Since:u}",
                ("state", "waiting"),
                ("fingerprint", relay.Fingerprint.ToString()),
                ("nickname", relay.Nickname.ToString()),
                ("orPort", relay.OrPort.ToString()));
        }

        foreach (var relay in decided.Values)
        {
            var state = relay.Approval.ToString().ToLowerInvariant();
            session.Events.Tell(
                "relay",
                $"{state,-9} {relay.Fingerprint} {relay.Nickname}",
                ("state", state),
                ("fingerprint", relay.Fingerprint.ToString()),
                ("nickname", relay.Nickname?.ToString()));
        }

        return ExitCode.Ended;
    }
}
