using System.Text.Json.Nodes;
using OnionHost.Cli.Services;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost cookie revoke</c>.</summary>
internal sealed class CookieRevokeCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "revoke";

    /// <inheritdoc/>
    public override string Summary => "Ends a cookie: its visitors' circuits are closed, and nobody else's";

    /// <inheritdoc/>
    public override string Example => "onionhost cookie revoke alice --data ~/site";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Settings.Options.Data, Settings.Options.Keys];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, string Description)> Arguments => [("NAME", "Whose cookie it is")];

    /// <inheritdoc/>
    public override Run Bind(ToolSettings settings, ToolContext context)
    {
        var directory = ServiceDirectory.Read(settings);
        var name = settings.Arguments[0];
        return async (session, stop) =>
        {
            await CookieSession.AskAsync(directory, CookieDesk.Revoke, new JsonObject { ["name"] = name }, session, stop);
            session.Events.Tell("revoked", $"The cookie '{name}' is revoked.", ("name", name));
            return ExitCode.Ended;
        };
    }
}
