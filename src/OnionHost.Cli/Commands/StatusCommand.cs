using System.Text.Json.Nodes;
using OnionHost.Cli.Control;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using Spectre.Console;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost status</c>: what a running process of this user does.</summary>
internal sealed class StatusCommand : ToolCommand
{
    private static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(1);

    private static readonly ToolOption Once = new("--once", string.Empty, "Show it once, and end");
    private static readonly ToolOption Every = new("--every", "TIME", "How often it is shown anew (default 1s; shown once where the output is no terminal)") { Takes = "a time such as 2s" };

    private static readonly ToolOption Role = new("--role", "ROLE", "Whose usual --data: client (default), relay, authority, service or network")
    {
        Takes = "client, relay, authority, service or network",
    };

    /// <inheritdoc/>
    public override string Name => "status";

    /// <inheritdoc/>
    public override string Summary => "Shows the links, circuits, streams and services of a running process, live. Only its owner can";

    /// <inheritdoc/>
    public override string Example => "onionhost status --data ~/site";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Settings.Options.Data, Role, Once, Every];

    /// <inheritdoc/>
    public override Run Bind(ToolSettings settings, ToolContext context)
    {
        var role = settings.Read(Role, "client", (string text, out string value) => (value = text) is "client" or "relay" or "authority" or "service" or "network");
        var data = DataDirectory.Of(settings, role);
        var pause = settings.Read(Every, UsualPause, Parsers.Duration);
        var isOnce = settings.Switch(Once);
        var isRepeated = context.IsTerminal || settings.Text(Every) is not null;
        return (session, stop) => RunAsync(
            new ControlClient(data, context.Time), isOnce || !(isRepeated || session.Events.IsJson) ? null : pause, session, stop);
    }

    private static async Task<int> RunAsync(ControlClient client, TimeSpan? pause, ToolSession session, CancellationToken stop)
    {
        try
        {
            if (session.Tool.IsTerminal && !session.Events.IsJson && pause is { } time)
            {
                var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(session.Tool.Out) });
                await console.Live(StatusView.Render(await AskAsync(client, stop))).StartAsync(async live =>
                {
                    while (true)
                    {
                        await Task.Delay(time, session.Tool.Time, stop);
                        live.UpdateTarget(StatusView.Render(await AskAsync(client, stop)));
                    }
                });
            }

            do
            {
                Tell(await AskAsync(client, stop), session);
                await (pause is { } wait ? Task.Delay(wait, session.Tool.Time, stop) : Task.CompletedTask);
            }
            while (pause is not null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Somebody has seen enough.
        }

        return ExitCode.Ended;
    }

    private static Task<JsonObject> AskAsync(ControlClient client, CancellationToken stop) => client.AskAsync(new JsonObject { ["do"] = "status" }, stop);

    private static void Tell(JsonObject status, ToolSession session)
    {
        if (session.Events.IsJson)
        {
            session.Events.Tell("status", string.Empty, [.. status.Select(fact => (fact.Key, (object?)fact.Value))]);
            return;
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(session.Tool.Out), Ansi = session.Tool.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No })
            .Write(StatusView.Render(status));
    }
}
