using System.CommandLine;
using System.CommandLine.Parsing;

namespace OnionHost.Cli.Settings;

/// <summary>Options on the command line.</summary>
internal sealed class CommandLineSource(ParseResult parsed, IReadOnlyDictionary<ToolOption, Option> options) : ISettingsSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string>? Values(ToolOption option)
    {
        if (!options.TryGetValue(option, out var symbol) || parsed.GetResult(symbol) is not OptionResult { Implicit: false } result)
        {
            return null;
        }

        return option.IsSwitch && result.Tokens.Count == 0 ? ["true"] : [.. result.Tokens.Select(token => token.Value)];
    }

    /// <inheritdoc/>
    public string NameOf(ToolOption option) => option.Name;
}
