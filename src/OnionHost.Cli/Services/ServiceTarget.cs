using System.Net;
using System.Net.Sockets;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Services;

/// <summary>A server that knows nothing of onions: at a TCP port, or at a Unix socket.</summary>
/// <param name="EndPoint">Where it listens.</param>
internal sealed record ServiceTarget(EndPoint EndPoint)
{
    private const string UnixPrefix = "unix:";

    /// <summary>Reads <c>HOST:PORT</c>, a port of this machine, or <c>unix:PATH</c>.</summary>
    public static bool TryParse(string text, out ServiceTarget target)
    {
        target = new ServiceTarget(new IPEndPoint(IPAddress.Loopback, 1));
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            return TryUnix(text[UnixPrefix.Length..], out target);
        }

        if (Parsers.Port(text, out var port) && port > 0)
        {
            target = new ServiceTarget(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }

        var isValid = Parsers.HostAndPort(text, out var endPoint);
        target = new ServiceTarget(endPoint);
        return isValid;
    }

    /// <summary>Reads the path of a Unix socket.</summary>
    public static bool TryUnix(string path, out ServiceTarget target)
    {
        try
        {
            target = new ServiceTarget(new UnixDomainSocketEndPoint(Path.GetFullPath(path)));
            return true;
        }
        catch (ArgumentException)
        {
            target = new ServiceTarget(new IPEndPoint(IPAddress.Loopback, 1));
            return false;
        }
    }

    /// <summary>Opens a connection.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken stop)
    {
        var socket = EndPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(EndPoint, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => EndPoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        UnixDomainSocketEndPoint unix => UnixPrefix + unix,
        _ => EndPoint.ToString()!,
    };
}
