using Microsoft.Extensions.Logging;
using OnionHost.Cli.Output;
using OnionHost.Network;

namespace OnionHost.Cli;

/// <summary>What a running command works with.</summary>
/// <param name="Tool">What the tool got from outside.</param>
/// <param name="Events">Where the command says what happens.</param>
/// <param name="Loggers">Where the nodes log.</param>
internal sealed record ToolSession(ToolContext Tool, IEvents Events, ILoggerFactory Loggers)
{
    /// <summary>For nodes.</summary>
    public NodeContext Node => new(Tool.Time, Tool.Random, Loggers);

    /// <summary>Tells a person what is no event, such as that there is nothing to tell.</summary>
    public void Note(string text)
    {
        if (!Events.IsJson)
        {
            Tool.Error.WriteLine(text);
        }
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public static Task EndAsync(CancellationToken stop)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stop.Register(end.SetResult);
        return end.Task;
    }
}
