namespace OnionHost.Network.Storage;

/// <summary>
/// Files that only their owner may read (0600, folders 0700), replaced as a whole or not at all: a crash leaves the old one or
/// the new one. Failures are the file system's own exceptions; the caller knows what to say about them.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;
    private const string Unfinished = ".tmp";
    private const int BufferSize = 64 * 1024;

    /// <summary>Makes a folder for its owner only, if there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="takeFromOthers">True to take one that is there from everybody but its owner.</param>
    public static void CreateFolder(string path, bool takeFromOthers = false)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(path);
            return;
        }

        System.IO.Directory.CreateDirectory(path, OwnerOnlyFolder);
        if (takeFromOthers && (File.GetUnixFileMode(path) & Others) != 0)
        {
            File.SetUnixFileMode(path, OwnerOnlyFolder);
        }
    }

    /// <summary>Holds a lock file until it is disposed; null if another process holds it.</summary>
    public static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException fault) when (fault is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>Replaces a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it holds then.</param>
    /// <param name="writtenAt">What the file system shall say when it was written; null leaves that to its clock.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, DateTimeOffset? writtenAt = null)
    {
        using (var file = Begin(path, FileOptions.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        if (writtenAt is { } time)
        {
            File.SetLastWriteTimeUtc(path + Unfinished, time.UtcDateTime);
        }

        File.Move(path + Unfinished, path, overwrite: true);
    }

    /// <summary>Replaces a file by several parts, one after the other.</summary>
    public static async Task WriteAsync(string path, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken)
    {
        await using (var file = Begin(path, FileOptions.Asynchronous))
        {
            foreach (var part in parts)
            {
                await file.WriteAsync(part, cancellationToken);
            }

            await file.FlushAsync(cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + Unfinished, path, overwrite: true);
    }

    /// <summary>Adds to the end of a file, which is made if there is none.</summary>
    public static void Append(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, Options(FileMode.Append, FileAccess.Write, FileShare.Read));
        file.Write(content);
    }

    /// <summary>Reads a file of at most <paramref name="maximum"/> bytes; of a longer one, one byte more.</summary>
    public static byte[] Read(string path, int maximum)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var buffer = new byte[Math.Min(file.Length, maximum) + 1];
        var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        try
        {
            return buffer[..read];
        }
        finally
        {
            // It may be a key, and the caller can overwrite the copy only.
            Array.Clear(buffer);
        }
    }

    // One that a crash has left may be open to others: it goes first.
    private static FileStream Begin(string path, FileOptions how)
    {
        File.Delete(path + Unfinished);
        var options = Options(FileMode.CreateNew, FileAccess.Write, FileShare.None);
        (options.Options, options.BufferSize) = (how, BufferSize);
        return new FileStream(path + Unfinished, options);
    }

    private static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}
