using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using OnionHost.Cli.Commands;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli;

/// <summary>The commands as the parser of the command line knows them.</summary>
internal sealed class CommandTree
{
    private readonly Dictionary<Command, ToolCommand> _commands = [];
    private readonly Dictionary<Command, Dictionary<ToolOption, Option>> _options = [];

    public CommandTree(IEnumerable<ToolCommand> commands)
    {
        Root = new RootCommand("Tor in C#: one role a process, or a whole private network. Not audited.");
        foreach (var command in commands)
        {
            Root.Add(Build(command));
        }

        foreach (var help in Root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExample(this, (HelpAction)help.Action!);
        }
    }

    /// <summary>The whole.</summary>
    public RootCommand Root { get; }

    /// <summary>The tool's command for a parsed one; null for the root.</summary>
    public ToolCommand? Find(Command command) => _commands.GetValueOrDefault(command);

    /// <summary>The parser's options of a command.</summary>
    public IReadOnlyDictionary<ToolOption, Option> OptionsOf(Command command) => _options[command];

    private Command Build(ToolCommand command)
    {
        var symbol = new Command(command.Name, command.Summary);
        foreach (var (name, description) in command.Arguments)
        {
            symbol.Add(new Argument<string>(name) { Description = description });
        }

        var options = new Dictionary<ToolOption, Option>();
        foreach (var option in command.Options.Concat(Settings.Options.Everywhere).Distinct())
        {
            options[option] = Build(option);
            symbol.Add(options[option]);
        }

        foreach (var child in command.Children)
        {
            symbol.Add(Build(child));
        }

        _commands[symbol] = command;
        _options[symbol] = options;
        if (command.Children.Count == 0 || command.Options.Count > 0)
        {
            // Without an action, the parser would want a command under this one.
            symbol.SetAction(static _ => 0);
        }

        return symbol;
    }

    private static Option Build(ToolOption option)
    {
        string[] aliases = option.Short is { } alias ? [alias] : [];
        if (option.IsSwitch)
        {
            return new Option<bool>(option.Name, aliases) { Description = option.Description };
        }

        // All values are read as text, so that faults of all sources are told in the same way.
        return option.IsMany
            ? new Option<string[]>(option.Name, aliases) { Description = option.Description, HelpName = option.Value }
            : new Option<string>(option.Name, aliases) { Description = option.Description, HelpName = option.Value };
    }

    /// <summary>The usual help, and an example at its end.</summary>
    private sealed class HelpWithExample(CommandTree tree, HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Example:");
            output.WriteLine("  " + (tree.Find(parseResult.CommandResult.Command)?.Example ?? "onionhost network up --socks 9050"));
            output.WriteLine();
            output.WriteLine("Exit codes and everything else: docs/tool.md");
            return result;
        }
    }
}
