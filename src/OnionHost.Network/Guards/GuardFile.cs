using System.Text.Json;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Storage;
using OnionHost.Protocol;

namespace OnionHost.Network.Guards;

/// <summary>Keeps the guard set on disk: the same guards across restarts are what guards are for. Written atomically, mode 0600.</summary>
internal sealed class GuardFile(string? path, ILogger logger)
{
    private const int LargestFile = 1 << 20;

    /// <summary>Reads the file. One that cannot be understood is set aside, with a warning.</summary>
    /// <exception cref="TorException">It is there and cannot be read.</exception>
    public GuardState? Load()
    {
        if (path is null || !File.Exists(path))
        {
            return null;
        }

        try
        {
            if (new FileInfo(path).Length <= LargestFile
                && JsonSerializer.Deserialize(File.ReadAllBytes(path), GuardStateJson.Default.GuardState) is { Version: GuardState.CurrentVersion } state)
            {
                return state;
            }
        }
        catch (JsonException)
        {
            // Reported below.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorException(TorErrorKind.Local,
                $"The guards cannot be read from {path}: {e.Message} Make the file readable for this user, or remove it to choose new guards.", isTransient: false, e) { Cause = TorCause.DirectoryUnusable };
        }

        File.Move(path, path + ".unreadable", overwrite: true);
        GuardLog.FileSetAside(logger, path);
        return null;
    }

    /// <summary>Writes the file. A failure is logged: a client works without it.</summary>
    public void Save(GuardState state)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            PrivateFiles.Write(path, JsonSerializer.SerializeToUtf8Bytes(state, GuardStateJson.Default.GuardState));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GuardLog.NotSaved(logger, path, e.Message);
        }
    }
}
