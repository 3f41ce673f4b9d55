using System.Security.Cryptography;
using OnionHost.Network.Storage;
using OnionHost.Protocol;

namespace OnionHost.Network.Relays.Keys;

/// <summary>
/// A relay's data directory: <c>lock</c>, which one process holds at a time (also against C tor), and <c>keys/</c>.
/// Kept as <see cref="PrivateFiles"/> keeps files.
/// </summary>
internal sealed class KeyDirectory : IDisposable
{
    /// <summary>The folder of the key files in a data directory.</summary>
    public const string Folder = "keys";

    private const int LargestKeyFile = 16 * 1024;

    private readonly FileStream _lock;
    private readonly TimeProvider _time;

    private KeyDirectory(string path, FileStream @lock, TimeProvider time)
    {
        Path = path;
        _lock = @lock;
        _time = time;
    }

    /// <summary>The folder of the key files.</summary>
    public string Path { get; }

    /// <summary>Makes the directory if it is missing, and takes its lock.</summary>
    /// <exception cref="TorException">It cannot be made or read, or another process holds the lock.</exception>
    public static KeyDirectory Open(string dataDirectory, TimeProvider time)
    {
        var data = System.IO.Path.GetFullPath(dataDirectory);
        var keys = System.IO.Path.Combine(data, Folder);
        FileStream? held;
        try
        {
            PrivateFiles.CreateFolder(data);
            PrivateFiles.CreateFolder(keys);
            held = PrivateFiles.TryLock(System.IO.Path.Combine(data, "lock"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorException(TorErrorKind.Local,
                $"The data directory {data} cannot be used: {e.Message} Give a directory that this user may write to.", isTransient: false, e) { Cause = TorCause.DirectoryUnusable };
        }

        return held is not null ? new KeyDirectory(keys, held, time) : throw new TorException(TorErrorKind.Local,
            $"The data directory {data} is locked: another process runs with it. Stop that process, or give each its own directory.")
            {
                Cause = TorCause.DirectoryInUse,
            };
    }

    /// <summary>True if the file is there.</summary>
    public bool Has(string name) => File.Exists(FileOf(name));

    /// <summary>When the file was written.</summary>
    public DateTimeOffset WrittenAt(string name) => new(File.GetLastWriteTimeUtc(FileOf(name)), TimeSpan.Zero);

    /// <summary>Reads a file and turns it into a key.</summary>
    /// <exception cref="TorException">It cannot be read, or it is not what it should be; the message names the file.</exception>
    public T Read<T>(string name, Func<byte[], T> parse)
    {
        byte[] content;
        try
        {
            content = PrivateFiles.Read(FileOf(name), LargestKeyFile);
            if (content.Length > LargestKeyFile)
            {
                throw new IOException("it is much too large for a key.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorException(TorErrorKind.Local,
                $"The key file {FileOf(name)} cannot be read: {e.Message} Make it readable for this user (mode 0600).", isTransient: false, e) { Cause = TorCause.KeyUnusable };
        }

        try
        {
            return parse(content);
        }
        catch (Exception e) when (e is TorException or CryptographicException or ArgumentException or FormatException)
        {
            throw Foreign(name, e.Message, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Writes a file atomically; its time is that of this node's clock. Zeroises <paramref name="content"/>.</summary>
    public void Write(string name, byte[] content)
    {
        var target = FileOf(name);
        try
        {
            PrivateFiles.Write(target, content, _time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorException(TorErrorKind.Local,
                $"The key file {target} cannot be written: {e.Message} Make room, or make the directory writable for this user.", isTransient: false, e) { Cause = TorCause.DirectoryUnusable };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Keeps a copy of a file as <c>NAME.old</c>, if it is there.</summary>
    public void KeepOld(string name)
    {
        if (Has(name))
        {
            Write(name + ".old", Read(name, content => content.ToArray()));
        }
    }

    /// <summary>Removes a file that is not needed any more.</summary>
    public void Remove(string name) => File.Delete(FileOf(name));

    /// <summary>The failure for a file that holds something else than it should.</summary>
    public TorException Foreign(string name, string why, Exception? cause = null) =>
        new(TorErrorKind.Local,
            $"The key file {FileOf(name)} is damaged or belongs to something else: {why.TrimEnd('.')}. Restore it from a copy, "
            + "or move the whole keys directory away to start with a new identity.",
            isTransient: false, cause) { Cause = TorCause.KeyUnusable };

    /// <summary>Gives up the lock.</summary>
    public void Dispose() => _lock.Dispose();

    private string FileOf(string name) => System.IO.Path.Combine(Path, name);
}
