using System.CommandLine;
using System.CommandLine.Invocation;
using Microsoft.Extensions.Logging;
using OnionHost.Cli.Commands;
using OnionHost.Cli.Output;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli;

/// <summary>The tool: reads the command line, tells all faults together, runs the command.</summary>
internal static class Tool
{
    /// <summary>Every command.</summary>
    public static IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new NetworkCommand(),
        new ClientCommand(),
        new RelayCommand(),
        new AuthorityCommand(),
        new ServiceCommand(),
        new CookieCommand(),
        new KeysCommand(),
        new GetCommand(),
        new ResolveCommand(),
        new InspectCommand(),
        new StatusCommand(),
    ];

    /// <summary>Runs one command line, and gives the exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, ToolContext context, CancellationToken stop)
    {
        var tree = new CommandTree(Commands);
        var parsed = tree.Root.Parse(args.Count > 0 ? args : ["--help"]);
        var symbol = parsed.CommandResult.Command;
        if (parsed.Action is not (null or ParseErrorAction) && parsed.Action != symbol.Action)
        {
            // Help, or the version.
            return await parsed.InvokeAsync(Plain(context), stop);
        }

        var command = tree.Find(symbol);
        var (settings, sourceFault) = command is null ? (new ToolSettings([], []), null) : Read(tree, parsed, context);
        var run = command?.Bind(settings, context);
        var level = settings.Read(Options.LogLevel, LogLevel.Warning, Parsers.Level);
        IEvents events = settings.Switch(Options.Json) ? new JsonEvents(context.Out) : new TextEvents(context.Out, context.Error);
        List<string> faults = [.. parsed.Errors.Select(error => error.Message), .. MistypedOptions(settings), .. sourceFault is null ? [] : new[] { sourceFault }, .. settings.Faults];
        if (faults.Count > 0 || run is null)
        {
            return await RefuseAsync(faults, symbol, events, context);
        }

        using var loggers = new LineLoggers(context.Error, level, context.Time);
        return await RunAsync(run, new ToolSession(context, events, loggers), level, stop);
    }

    private static (ToolSettings Settings, string? Fault) Read(CommandTree tree, ParseResult parsed, ToolContext context)
    {
        var symbol = parsed.CommandResult.Command;
        var commandLine = new CommandLineSource(parsed, tree.OptionsOf(symbol));
        var environment = new EnvironmentSource(context.Environment);
        List<ISettingsSource> sources = [commandLine, environment];
        string? fault = null;
        if (new ToolSettings(sources, []).Text(Options.Config) is { } path)
        {
            try
            {
                var file = JsonSource.Read(path);
                sources.Add(file);
                var unknown = file.Keys.Where(key => !tree.OptionsOf(symbol).Keys.Any(option => option.IsKey(key))).ToList();
                fault = unknown.Count == 0 ? null : $"--config: {path} has {string.Join(", ", unknown.Select(key => $"'{key}'"))}, which '{symbol.Name}' does not know. --help lists its options.";
            }
            catch (ToolException e)
            {
                fault = e.Message;
            }
        }

        string[] arguments = [.. symbol.Arguments.Select(argument => parsed.GetResult(argument)?.Tokens is [var token, ..] ? token.Value : string.Empty)];
        return (new ToolSettings(sources, arguments), fault);
    }

    private static async Task<int> RunAsync(ToolCommand.Run run, ToolSession session, LogLevel level, CancellationToken stop)
    {
        try
        {
            return await run(session, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception fault)
        {
            var code = ExitCode.Of(fault);
            session.Events.Fail(code, ExitCode.IsExplained(fault)
                ? fault.Message
                : $"it failed in a way that it should not: {fault.GetType().Name}, {fault.Message} --log-level debug shows where.");
            if (level <= LogLevel.Debug)
            {
                await session.Tool.Error.WriteLineAsync(fault.ToString());
            }

            return code;
        }
    }

    // The parser takes an option that it does not know for an argument, if one is wanted.
    private static IEnumerable<string> MistypedOptions(ToolSettings settings) =>
        settings.Arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)).Select(argument => $"Unrecognized command or argument '{argument}'.");

    private static async Task<int> RefuseAsync(List<string> faults, Command symbol, IEvents events, ToolContext context)
    {
        foreach (var fault in faults.Distinct())
        {
            events.Fail(ExitCode.WrongOptions, fault);
        }

        var words = string.Join(' ', Path(symbol).Reverse());
        await context.Error.WriteLineAsync($"onionhost: '{words} --help' tells more.");
        return ExitCode.WrongOptions;
    }

    private static IEnumerable<string> Path(Symbol symbol)
    {
        for (var at = symbol; at is not (null or RootCommand); at = at.Parents.FirstOrDefault())
        {
            yield return at.Name;
        }

        yield return "onionhost";
    }

    private static InvocationConfiguration Plain(ToolContext context) =>
        new() { Output = context.Out, Error = context.Error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
}
