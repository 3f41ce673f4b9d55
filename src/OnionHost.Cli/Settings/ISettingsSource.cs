namespace OnionHost.Cli.Settings;

/// <summary>Where values of options come from.</summary>
internal interface ISettingsSource
{
    /// <summary>The option's values here; null if it is not mentioned.</summary>
    IReadOnlyList<string>? Values(ToolOption option);

    /// <summary>How a message calls the option when its value came from here.</summary>
    string NameOf(ToolOption option);
}
