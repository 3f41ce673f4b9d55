namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost cookie</c>: who may visit.</summary>
internal sealed class CookieCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "cookie";

    /// <inheritdoc/>
    public override string Summary => "Issues, lists and revokes the cookies that visitors of a service need";

    /// <inheritdoc/>
    public override string Example => "onionhost cookie issue alice --expires 30d --data ~/site";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolCommand> Children { get; } = [new CookieIssueCommand(), new CookieListCommand(), new CookieRevokeCommand()];
}
