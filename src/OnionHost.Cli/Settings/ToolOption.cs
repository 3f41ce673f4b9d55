namespace OnionHost.Cli.Settings;

/// <summary>An option of a command: on the command line, in the environment, or in a JSON file.</summary>
/// <param name="Name">With its two dashes.</param>
/// <param name="Value">What help calls its value; empty for a switch.</param>
/// <param name="Description">What it is for.</param>
internal sealed record ToolOption(string Name, string Value, string Description)
{
    /// <summary>What would be right, for messages: "It takes ...".</summary>
    public string Takes { get; init; } = string.Empty;

    /// <summary>True if it may be given several times.</summary>
    public bool IsMany { get; init; }

    /// <summary>A shorter name; null for none.</summary>
    public string? Short { get; init; }

    /// <summary>True for a switch without a value.</summary>
    public bool IsSwitch => Value.Length == 0;

    /// <summary>The environment's variable: <c>--or-port</c> is <c>ONIONHOST_OR_PORT</c>.</summary>
    public string Variable => "ONIONHOST_" + Name[2..].Replace('-', '_').ToUpperInvariant();

    /// <summary>True for the key of a JSON file that means it: <c>or-port</c>, <c>orPort</c> or <c>OrPort</c>.</summary>
    public bool IsKey(string key) => Plain(key).Equals(Plain(Name), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string text) => text.Replace("-", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal);
}
