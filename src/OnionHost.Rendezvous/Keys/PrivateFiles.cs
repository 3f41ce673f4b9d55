using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Rendezvous.Keys;

/// <summary>Files that only their owner may read (0600, directories 0700), replaced as a whole or not at all.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Work on a directory with a key at hand.</summary>
    public delegate T Work<out T>(string path, ReadOnlySpan<byte> key, IRandomSource random);

    /// <summary>Runs the work, and tells failures of the file system in words that say what to do.</summary>
    /// <exception cref="TorException">The file system refused.</exception>
    public static T Explained<T>(string path, ReadOnlySpan<byte> key, IRandomSource random, Work<T> work)
    {
        try
        {
            return work(path, key, random);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new TorException(
                TorErrorKind.Local,
                $"The key directory {path} or a file in it belongs to another user, or cannot be read and written by this one: {fault.Message} Change its owner, or use another directory.",
                innerException: fault) { Cause = TorCause.KeyUnusable };
        }
        catch (IOException fault)
        {
            throw new TorException(TorErrorKind.Local, $"The key directory {path} cannot be used: {fault.Message}", innerException: fault) { Cause = TorCause.DirectoryUnusable };
        }
    }

    /// <summary>Makes a directory if there is none, and takes it from everybody but its owner.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, DirectoryMode);
        if ((File.GetUnixFileMode(path) & Others) != 0)
        {
            File.SetUnixFileMode(path, DirectoryMode);
        }
    }

    /// <summary>Holds a lock file until it is disposed.</summary>
    /// <exception cref="TorException">Another process holds it.</exception>
    public static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, Options(System.IO.FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException fault) when (fault is not DirectoryNotFoundException and not FileNotFoundException)
        {
            throw new TorException(
                TorErrorKind.Local,
                $"The key directory {Path.GetDirectoryName(path)} is locked: another onion service uses it. Stop that one, or use another directory.",
                innerException: fault) { Cause = TorCause.DirectoryInUse };
        }
    }

    /// <summary>Replaces a file: the content is on disk under another name before the name changes.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, Options(System.IO.FileMode.CreateNew, FileShare.None)))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads a file of at most <paramref name="max"/> bytes; of a longer one, one byte more.</summary>
    public static byte[] Read(string path, int max)
    {
        using var file = new FileStream(path, System.IO.FileMode.Open, FileAccess.Read, FileShare.Read);
        var buffer = new byte[max + 1];
        var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer[..read];
    }

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode;
        }

        return options;
    }
}
