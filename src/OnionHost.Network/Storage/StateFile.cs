using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;

namespace OnionHost.Network.Storage;

/// <summary>What a node has learned, kept on disk as JSON. Written atomically, mode 0600; a node works without it.</summary>
/// <param name="path">The file; null: nowhere.</param>
/// <param name="what">What it holds, as messages call it: "guards".</param>
/// <param name="type">The JSON form.</param>
/// <param name="isKnown">False for a format of another version, or with parts missing.</param>
/// <param name="logger">Where troubles are told.</param>
internal sealed class StateFile<T>(string? path, string what, JsonTypeInfo<T> type, Func<T, bool> isKnown, ILogger logger)
    where T : class
{
    private const int LargestFile = 1 << 20;

    /// <summary>Reads the file. One that cannot be understood is set aside, with a warning.</summary>
    /// <exception cref="TorException">It is there and cannot be read.</exception>
    public T? Load()
    {
        if (path is null || !File.Exists(path))
        {
            return null;
        }

        try
        {
            if (new FileInfo(path).Length <= LargestFile && JsonSerializer.Deserialize(File.ReadAllBytes(path), type) is { } state && isKnown(state))
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
                $"The {what} cannot be read from {path}: {e.Message} Make the file readable for this user, or remove it to begin anew.", isTransient: false, e) { Cause = TorCause.DirectoryUnusable };
        }

        File.Move(path, path + ".unreadable", overwrite: true);
        StorageLog.FileSetAside(logger, what, path);
        return null;
    }

    /// <summary>Writes the file. A failure is logged.</summary>
    public void Save(T state)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            PrivateFiles.Write(path, JsonSerializer.SerializeToUtf8Bytes(state, type));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StorageLog.NotSaved(logger, what, path, e.Message);
        }
    }
}
