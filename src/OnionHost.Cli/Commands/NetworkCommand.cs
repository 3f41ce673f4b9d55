namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost network</c>: whole networks.</summary>
internal sealed class NetworkCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "network";

    /// <inheritdoc/>
    public override string Summary => "A whole private network in one process";

    /// <inheritdoc/>
    public override string Example => "onionhost network up --socks 9050";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolCommand> Children { get; } = [new NetworkUpCommand()];
}
