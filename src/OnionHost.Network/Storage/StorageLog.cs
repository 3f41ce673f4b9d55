using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Storage;

/// <summary>Log messages of files (1780 to 1789).</summary>
internal static partial class StorageLog
{
    [LoggerMessage(1780, LogLevel.Warning, "The {What} in {Path} could not be understood; the file was set aside, and what it held is learned anew")]
    public static partial void FileSetAside(ILogger logger, string what, string path);

    [LoggerMessage(1781, LogLevel.Warning, "The {What} could not be saved to {Path}, so a restart will learn them anew: {Why}")]
    public static partial void NotSaved(ILogger logger, string what, string path, string why);
}
