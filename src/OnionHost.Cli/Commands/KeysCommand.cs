namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost keys</c>: the keys of a relay whose master identity stays on another machine.</summary>
internal sealed class KeysCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "keys";

    /// <inheritdoc/>
    public override string Summary => "Makes the keys of a relay whose master identity key stays offline";

    /// <inheritdoc/>
    public override string Example => "onionhost keys sign --master /media/safe/relay1 --data ~/relay1 --lifetime 30d";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolCommand> Children { get; } = [new KeysMakeCommand("make"), new KeysMakeCommand("sign")];
}
