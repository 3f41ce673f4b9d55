using System.Security.Cryptography;
using OnionHost.Network.Storage;
using OnionHost.Protocol;

namespace OnionHost.Network.Authority;

/// <summary>An authority's files, kept as <see cref="PrivateFiles"/> keeps files.</summary>
internal sealed class AuthorityFiles
{
    private const int LargestFile = 64 * 1024 * 1024;

    private readonly string _folder;

    /// <summary>Makes the folder if it is missing.</summary>
    /// <exception cref="TorException">It cannot be made.</exception>
    public AuthorityFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Explained(_folder, () => PrivateFiles.CreateFolder(_folder));
    }

    /// <summary>Where a file is.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Reads a file; null if it is not there.</summary>
    /// <exception cref="TorException">It cannot be read.</exception>
    public string? Read(string name)
    {
        var path = PathOf(name);
        string? text = null;
        Explained(path, () => text = File.Exists(path) ? ReadText(path) : null);
        return text;
    }

    /// <summary>Replaces a file.</summary>
    /// <exception cref="TorException">It cannot be written.</exception>
    public void Write(string name, string content)
    {
        var path = PathOf(name);
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        Explained(path, () => PrivateFiles.Write(path, bytes));
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Adds a line to a file.</summary>
    /// <exception cref="TorException">It cannot be written.</exception>
    public void Append(string name, string line)
    {
        var path = PathOf(name);
        Explained(path, () => PrivateFiles.Append(path, System.Text.Encoding.UTF8.GetBytes(line + "\n")));
    }

    /// <summary>Deletes all files but so many, those with the first names first.</summary>
    /// <exception cref="TorException">They cannot be deleted.</exception>
    public void KeepNewest(int count) => Explained(_folder, () =>
    {
        foreach (var file in System.IO.Directory.GetFiles(_folder).Order(StringComparer.Ordinal).SkipLast(count))
        {
            File.Delete(file);
        }
    });

    private static string ReadText(string path)
    {
        var bytes = PrivateFiles.Read(path, LargestFile);
        var text = bytes.Length <= LargestFile ? System.Text.Encoding.UTF8.GetString(bytes) : throw new IOException("It is much too large.");
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    private static void Explained(string path, Action work)
    {
        try
        {
            work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TorException(
                TorErrorKind.Local, $"The authority's file {path} cannot be used: {fault.Message} Let this user read and write it.", false, fault) { Cause = TorCause.DirectoryUnusable };
        }
    }
}
