using OnionHost.Cli.Output;
using Spectre.Console;

namespace OnionHost.Cli.Visits;

/// <summary>Shows how far a download is: a bar for people at a terminal, an event every tenth for programs.</summary>
internal static class DownloadProgress
{
    private const int Tenths = 10;
    private const long StepWithoutLength = 1 << 20;

    /// <summary>Runs the download and shows it.</summary>
    public static Task<Downloaded> ShowAsync(ToolSession session, Func<Action<long, long?>, Task<Downloaded>> run) =>
        session.Events.IsJson ? run(Events(session.Events))
        : session.Tool.IsErrorTerminal ? ShowBarAsync(session, run)
        : run((_, _) => { });

    private static Task<Downloaded> ShowBarAsync(ToolSession session, Func<Action<long, long?>, Task<Downloaded>> run)
    {
        // Standard output may be where the page goes.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(session.Tool.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("connecting", maxValue: 1).IsIndeterminate();
                return await run((done, total) =>
                {
                    bar.Description = "receiving";
                    bar.IsIndeterminate = total is null;
                    bar.MaxValue = total ?? Math.Max(done, 1);
                    bar.Value = done;
                });
            });
    }

    private static Action<long, long?> Events(IEvents events)
    {
        long next = 0;
        return (done, total) =>
        {
            if (done >= next)
            {
                next = done + (total is { } all ? Math.Max(all / Tenths, 1) : StepWithoutLength);
                events.Tell("progress", string.Empty, ("bytes", done), ("total", total));
            }
        };
    }
}
