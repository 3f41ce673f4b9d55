using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost authority keys</c>: makes the keys before anybody starts, and prints the line that everybody needs.</summary>
internal sealed class AuthorityKeysCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "keys";

    /// <inheritdoc/>
    public override string Summary => "Makes an authority's keys if there are none, and prints its DirAuthority line";

    /// <inheritdoc/>
    public override string Example => "onionhost authority keys --nickname auth1 --data ~/auth1 >> network.torrc";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options =>
        [Settings.Options.Data, Settings.Options.Nickname, Settings.Options.Address, Settings.Options.OrPort, Settings.Options.DirPort];

    /// <inheritdoc/>
    public override Run Bind(ToolSettings settings, ToolContext context)
    {
        var data = DataDirectory.Of(settings, "authority");
        var wish = AuthorityWish.Read(settings);
        return (session, stop) => Task.Run(
            () =>
            {
                using var directory = DataDirectory.Take(data);
                var self = AuthorityHome.LoadOrMake(session.Node, directory, wish);
                session.Events.Tell("keys", AuthorityHome.Line(self), ("line", AuthorityHome.Line(self)), ("v3ident", self.V3Identity.ToString()), ("fingerprint", self.Fingerprint.ToString()));
                return ExitCode.Ended;
            },
            stop);
    }
}
