using OnionHost.Cli.Settings;
using OnionHost.Network.Storage;
using OnionHost.Protocol;

namespace OnionHost.Cli.Nodes;

/// <summary>A process's data directory: made for this user alone, and held by one process at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    /// <summary>The socket that <c>onionhost status</c> and <c>cookie</c> talk to.</summary>
    public const string ControlSocket = "control.sock";

    private const string LockFile = "onionhost.lock";

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The whole path.</summary>
    public string Path { get; }

    /// <summary>Where the option, or the role's usual place, is.</summary>
    public static string Of(ToolSettings settings, string role)
    {
        var given = settings.Text(Options.Data);
        if (given is { Length: 0 })
        {
            settings.Fault(Options.Data, $"it is empty. It takes {Options.Data.Takes}.");
        }

        return System.IO.Path.GetFullPath(given is { Length: > 0 } ? given : System.IO.Path.Combine(Home(), "onionhost", role));
    }

    /// <summary>Makes it if need be, and takes it.</summary>
    /// <exception cref="TorException">Another process has it, or it cannot be written.</exception>
    public static DataDirectory Take(string path)
    {
        try
        {
            PrivateFiles.CreateFolder(path, takeFromOthers: true);
            return new DataDirectory(path, Lock(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TorException(
                TorErrorKind.Local, $"--data: the directory {path} cannot be used: {fault.Message} Name one that this user may write to.", false, fault)
            {
                Cause = TorCause.DirectoryUnusable,
            };
        }
    }

    /// <summary>A path in it.</summary>
    public string Under(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Lets other processes have it.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        return PrivateFiles.TryLock(System.IO.Path.Combine(path, LockFile)) ?? throw new TorException(
            TorErrorKind.Local, $"--data: the directory {path} is in use by another process. End that one, or name another directory.")
        {
            Cause = TorCause.DirectoryInUse,
        };
    }

    private static string Home()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0 ? data : AppContext.BaseDirectory;
    }
}
