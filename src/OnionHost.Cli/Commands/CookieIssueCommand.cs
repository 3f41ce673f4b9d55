using System.Globalization;
using System.Text.Json.Nodes;
using OnionHost.Cli.Services;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost cookie issue</c>.</summary>
internal sealed class CookieIssueCommand : ToolCommand
{
    private static readonly ToolOption Expires = new("--expires", "WHEN", "When it ends by itself: in a time such as 30d, or at a date")
    {
        Takes = "a time such as 30d, or a date such as 2027-01-31 (UTC)",
    };

    /// <inheritdoc/>
    public override string Name => "issue";

    /// <inheritdoc/>
    public override string Summary => "Makes a cookie; prints the address for the visitor, and the line for stock tor. It is shown once and kept nowhere";

    /// <inheritdoc/>
    public override string Example => "onionhost cookie issue alice --expires 30d --data ~/site";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Settings.Options.Data, Settings.Options.Keys, Expires];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, string Description)> Arguments => [("NAME", "Whose cookie it is: letters, digits, - _ and .")];

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var directory = ServiceDirectory.Read(settings);
        var now = context.Time.GetUtcNow();
        var expires = settings.Read<DateTimeOffset?>(Expires, null, (string text, out DateTimeOffset? when) => TryWhen(text, now, out when));
        var name = settings.Arguments[0];
        return async (session, stop) =>
        {
            var request = new JsonObject { ["name"] = name, ["expires"] = expires?.ToString("O") };
            var issued = await CookieSession.AskAsync(directory, CookieDesk.Issue, request, session, stop);
            session.Events.Tell(
                "cookie",
                $"""
                {issued["address"]}
                For stock tor and Tor Browser, a line of an .auth_private file in the ClientOnionAuthDir:
                {issued["authPrivate"]}
                """,
                ("name", name),
                ("address", (string?)issued["address"]),
                ("authPrivate", (string?)issued["authPrivate"]),
                ("expires", (string?)issued["expires"]));
            return ExitCode.Ended;
        };
    }

    private static bool TryWhen(string text, DateTimeOffset now, out DateTimeOffset? when)
    {
        when = Parsers.Duration(text, out var time) ? now + time
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date
            : null;
        return when is not null;
    }
}
