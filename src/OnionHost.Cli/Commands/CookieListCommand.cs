using System.Text.Json.Nodes;
using OnionHost.Cli.Services;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost cookie list</c>.</summary>
internal sealed class CookieListCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "list";

    /// <inheritdoc/>
    public override string Summary => "Shows the names of the cookies that are valid, and when they end";

    /// <inheritdoc/>
    public override string Example => "onionhost cookie list --data ~/site";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Settings.Options.Data, Settings.Options.Keys];

    /// <inheritdoc/>
    public override Run Bind(ToolSettings settings, ToolContext context)
    {
        var directory = ServiceDirectory.Read(settings);
        return async (session, stop) =>
        {
            var answer = await CookieSession.AskAsync(directory, CookieDesk.List, [], session, stop);
            var cookies = answer["cookies"]!.AsArray();
            if (cookies.Count == 0)
            {
                session.Note("There are no cookies. 'onionhost cookie issue NAME' makes one.");
            }

            foreach (var cookie in cookies.OfType<JsonObject>())
            {
                session.Events.Tell(
                    "cookie",
                    $"{cookie["name"],-24} since {cookie["created"]}  {(cookie["expires"] is { } end ? $"until {end}" : "for ever")}{((bool)cookie["proves"]! ? string.Empty : "  (stock tor's file: cannot prove who it is)")}",
                    ("name", (string?)cookie["name"]),
                    ("created", (string?)cookie["created"]),
                    ("expires", (string?)cookie["expires"]),
                    ("proves", (bool)cookie["proves"]!));
            }

            return ExitCode.Ended;
        };
    }
}
