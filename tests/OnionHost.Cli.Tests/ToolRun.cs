using System.Text.Json;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Cli.Tests;

/// <summary>The tool in this process, with what it says.</summary>
internal sealed class ToolRun
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    private ToolRun(IReadOnlyDictionary<string, string>? environment, TimeProvider? time)
    {
        Context = new ToolContext(
            TextWriter.Synchronized(_out), TextWriter.Synchronized(_error), environment ?? new Dictionary<string, string>(), time ?? TimeProvider.System, SystemRandomSource.Instance);
    }

    public ToolContext Context { get; private init; }

    public int Code { get; private set; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    /// <summary>What it said as JSON.</summary>
    public IReadOnlyList<JsonElement> Events =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.Clone())];

    /// <summary>Runs a command line of words without spaces to its end.</summary>
    public static Task<ToolRun> Of(string commandLine) => Of(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Runs a command line to its end.</summary>
    public static async Task<ToolRun> Of(IReadOnlyList<string> args, IReadOnlyDictionary<string, string>? environment = null, TimeProvider? time = null, CancellationToken stop = default)
    {
        var run = new ToolRun(environment, time);
        run.Code = await Tool.RunAsync(args, run.Context, stop).WaitAsync(TimeSpan.FromSeconds(120));
        return run;
    }
}
