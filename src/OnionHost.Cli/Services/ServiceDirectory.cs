using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Services;

/// <summary>Where a service's process and its keys are.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="Keys">The key directory, in C tor's layout.</param>
internal sealed record ServiceDirectory(string Data, string Keys)
{
    private const string KeysFolder = "service";

    /// <summary>Reads the options.</summary>
    public static ServiceDirectory Read(ToolSettings settings)
    {
        var data = DataDirectory.Of(settings, "service");
        return new ServiceDirectory(data, Path.GetFullPath(settings.Text(Options.Keys) is { Length: > 0 } keys ? keys : Path.Combine(data, KeysFolder)));
    }
}
