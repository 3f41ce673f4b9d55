using Spectre.Console;

namespace HiddenBlog.Launch;

/// <summary>A progress bar and a framed summary, for terminals.</summary>
internal sealed class PictureReporter(IAnsiConsole console) : IReporter
{
    public async Task<BlogReady> ShowAsync(Func<IProgress<Step>, Task<BlogReady>> start)
    {
        console.MarkupLine("[bold mediumpurple1]HiddenBlog[/]  [grey]an onion network and a blog on it, in one process[/]");
        BlogReady? ready = null;
        await console.Progress()
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .AutoClear(true)
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("starting");
                ready = await start(new Steps(step =>
                {
                    task.Description = Markup.Escape(step.Text);
                    task.Value = step.Percent;
                }));
                task.Value = 100;
            });
        return ready!;
    }

    public void Ready(BlogReady ready)
    {
        var rows = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        rows.AddRow("[grey]address[/]", $"[bold]http://{ready.Address}/[/]");
        rows.AddRow("[grey]with cookie[/]", $"http://{ready.CookieAddress}/\n[grey]the owner's: it opens the desk, where posts are written[/]");
        rows.AddRow("[grey]SOCKS port[/]", $"{ready.SocksPort}");
        rows.AddRow("[grey]data[/]", Markup.Escape(ready.DataDirectory));
        console.Write(new Panel(rows).Header($" ready after {ready.ElapsedMs / 1000.0:0.0} s ").RoundedBorder().BorderColor(Color.MediumPurple1).Expand());

        // Outside of the frame and never broken, so that they can be copied.
        WriteUnbroken("[grey]Read it:[/]", ready.CurlLine, ready.CookieCurlLine);
        console.MarkupLine("[grey]Ctrl-C ends it. A network that lives in this process hides nobody: it is for trying things out.[/]");
    }

    public void Stopping() => console.MarkupLine("[grey]Ending.[/]");

    public void Failed(string message) => console.MarkupLine($"[red]HiddenBlog:[/] {Markup.Escape(message)}");

    private void WriteUnbroken(string heading, params string[] lines)
    {
        console.MarkupLine(heading);
        foreach (var line in lines)
        {
            console.Profile.Out.Writer.WriteLine(line);
        }
    }
}
