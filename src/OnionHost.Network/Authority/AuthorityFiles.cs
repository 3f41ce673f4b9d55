using System.Security.Cryptography;
using OnionHost.Protocol;

namespace OnionHost.Network.Authority;

/// <summary>An authority's files: only their owner may read them (0600, folders 0700), and they are replaced as a whole or not at all.</summary>
internal sealed class AuthorityFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const long LargestFile = 64 * 1024 * 1024;

    private readonly string _folder;

    /// <summary>Makes the folder if it is missing.</summary>
    /// <exception cref="TorException">It cannot be made.</exception>
    public AuthorityFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);
        _ = Explained(_folder, () => OperatingSystem.IsWindows()
            ? System.IO.Directory.CreateDirectory(_folder)
            : System.IO.Directory.CreateDirectory(_folder, OwnerOnly | UnixFileMode.UserExecute));
    }

    /// <summary>Where a file is.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Reads a file; null if it is not there.</summary>
    /// <exception cref="TorException">It cannot be read.</exception>
    public string? Read(string name)
    {
        var path = PathOf(name);
        return Explained(path, () => !File.Exists(path) ? null
            : new FileInfo(path).Length <= LargestFile ? File.ReadAllText(path)
            : throw new IOException("It is much too large."));
    }

    /// <summary>Replaces a file.</summary>
    /// <exception cref="TorException">It cannot be written.</exception>
    public void Write(string name, string content)
    {
        var path = PathOf(name);
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        _ = Explained(path, () =>
        {
            using (var file = new FileStream(path + ".new", Options(FileMode.Create)))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".new", path, overwrite: true);
            return true;
        });
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Adds a line to a file.</summary>
    /// <exception cref="TorException">It cannot be written.</exception>
    public void Append(string name, string line)
    {
        var path = PathOf(name);
        _ = Explained(path, () =>
        {
            using var file = new FileStream(path, Options(FileMode.Append));
            file.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            return true;
        });
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private static T Explained<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TorException(
                TorErrorKind.Local, $"The authority's file {path} cannot be used: {fault.Message} Let this user read and write it.", false, fault) { Cause = TorCause.DirectoryUnusable };
        }
    }
}
