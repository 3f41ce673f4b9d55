using System.Net;
using System.Net.Sockets;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Cli.Nodes;

/// <summary>
/// An authority before it runs: keys, and the line that others need. It is in its data directory as <c>dir-authority</c>, so that
/// network files can be put together before anybody starts.
/// </summary>
internal static class AuthorityHome
{
    /// <summary>The file with the line.</summary>
    public const string LineFile = "dir-authority";

    /// <summary>Loads or makes the keys, and gives the authority's line, which is also written to the directory.</summary>
    /// <param name="node">Time and randomness.</param>
    /// <param name="data">The data directory, which the caller holds.</param>
    /// <param name="wish">What the options say; what they leave open is as it was, or chosen.</param>
    /// <exception cref="TorException">A key file cannot be used.</exception>
    public static DirectoryAuthority LoadOrMake(NodeContext node, DataDirectory data, AuthorityWish wish)
    {
        var files = new AuthorityFiles(data.Path);
        var known = files.Read(LineFile) is { } text ? DirectoryAuthority.Parse(text) : null;
        var address = wish.Address ?? known?.OrPort.Address ?? IPAddress.Loopback;
        var orPort = Port(wish.OrPort ?? known?.OrPort.Port, address);
        var dirPort = Port(wish.DirPort ?? known?.DirPort.Port, address);
        RelayFingerprint fingerprint;
        using (var relay = RelayKeys.LoadOrCreate(node, data.Path))
        {
            fingerprint = relay.Fingerprint;
        }

        using var keys = AuthorityKeys.LoadOrCreate(Path.Combine(data.Path, "keys"), node.Now, new IPEndPoint(address, dirPort));
        var self = new DirectoryAuthority(
            wish.Nickname ?? known?.Nickname ?? Nickname.Parse("authority"), keys.Identity, fingerprint, new IPEndPoint(address, orPort), new IPEndPoint(address, dirPort));
        files.Write(LineFile, Line(self) + "\n");
        return self;
    }

    /// <summary>The whole torrc line.</summary>
    public static string Line(DirectoryAuthority authority) => $"DirAuthority {authority}";

    // Ports must be known before the authority listens, for others are told of them.
    private static int Port(int? wanted, IPAddress address)
    {
        if (wanted is > 0)
        {
            return wanted.Value;
        }

        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(address, 0));
        }
        catch (SocketException)
        {
            // The address is another machine's, such as a router's: any free port here will do.
            probe.Bind(new IPEndPoint(IPAddress.Any, 0));
        }

        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
