namespace OnionHost.Cli.Settings;

/// <summary>Options in the environment: <c>ONIONHOST_OR_PORT=9001</c>. Several values are separated by semicolons.</summary>
internal sealed class EnvironmentSource(IReadOnlyDictionary<string, string> environment) : ISettingsSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string>? Values(ToolOption option) =>
        !environment.TryGetValue(option.Variable, out var value) || value.Length == 0 ? null
            : option.IsMany ? value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [value];

    /// <inheritdoc/>
    public string NameOf(ToolOption option) => $"{option.Name} (from {option.Variable})";
}
