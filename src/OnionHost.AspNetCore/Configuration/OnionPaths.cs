using Microsoft.Extensions.Hosting;

namespace OnionHost.AspNetCore.Configuration;

/// <summary>Where the options' relative paths lead: everything starts at the content root, wherever the process was started.</summary>
internal static class OnionPaths
{
    public static string Data(OnionOptions options, IHostEnvironment environment) => Full(options.DataDirectory, environment);

    public static string Keys(string service, OnionServiceSettings settings, OnionOptions options, IHostEnvironment environment) =>
        settings.KeyDirectory is { Length: > 0 } directory
            ? Full(directory, environment)
            : Path.Combine(Data(options, environment), "services", service);

    public static string Full(string path, IHostEnvironment environment) => Path.GetFullPath(path, environment.ContentRootPath);
}
