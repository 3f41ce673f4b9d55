using System.Net;
using System.Net.Sockets;

namespace HiddenBlog.Launch;

/// <summary>What would fail later, when the network stands already, and can be known at once.</summary>
internal static class EarlyChecks
{
    /// <summary>Takes the data directory for this process, until what it returns is disposed.</summary>
    /// <exception cref="LaunchException">Another process has it.</exception>
    public static FileStream Lock(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new LaunchException($"Another blog uses the data directory {directory}. End that one, or name another directory with --data DIR.", fault);
        }
    }

    /// <exception cref="LaunchException">Something listens on the port.</exception>
    public static void SocksPort(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            probe.Start();
        }
        catch (SocketException fault)
        {
            throw new LaunchException($"The SOCKS port {port} cannot be used: {fault.Message}. Name another one with --socks PORT; 0 picks a free one.", fault);
        }
    }
}
