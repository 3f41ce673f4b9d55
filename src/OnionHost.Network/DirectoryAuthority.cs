using System.Globalization;
using System.Net;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network;

/// <summary>A directory authority that a node trusts: one <c>DirAuthority</c> line of a torrc.</summary>
/// <param name="Nickname">Its nickname.</param>
/// <param name="V3Identity">SHA-1 of its authority identity key, 20 bytes: whose signatures count.</param>
/// <param name="Fingerprint">Its relay identity.</param>
/// <param name="OrPort">Where it accepts links.</param>
/// <param name="DirPort">Where it serves directory requests over plain HTTP.</param>
public sealed record DirectoryAuthority(
    Nickname Nickname, RelayFingerprint V3Identity, RelayFingerprint Fingerprint, IPEndPoint OrPort, IPEndPoint DirPort)
{
    /// <summary>Reads a torrc line, with or without its leading <c>DirAuthority</c>:
    /// <c>NICK orport=PORT [no-v2] v3ident=HEX [ipv6=..] HOST:DIRPORT FINGERPRINT</c>.</summary>
    /// <exception cref="TorException">Something is missing or malformed; the message says what.</exception>
    public static DirectoryAuthority Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToList();
        if (words.Count > 0 && words[0].Equals("DirAuthority", StringComparison.OrdinalIgnoreCase))
        {
            words.RemoveAt(0);
        }

        var options = words.Where(w => w.Contains('=', StringComparison.Ordinal))
            .Select(w => w.Split('=', 2)).DistinctBy(p => p[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(p => p[0], p => p[1], StringComparer.OrdinalIgnoreCase);
        var plain = words.Where(w => !w.Contains('=', StringComparison.Ordinal) && w is not "no-v2" and not "bridge").ToList();
        if (plain.Count < 3)
        {
            throw Fault("NICKNAME, HOST:DIRPORT and FINGERPRINT are needed");
        }

        var fingerprint = string.Concat(plain.Skip(2));
        return new DirectoryAuthority(
            Nickname.TryParse(plain[0], out var nickname) ? nickname : throw Fault("the nickname is not 1 to 19 letters and digits"),
            options.TryGetValue("v3ident", out var v3) && RelayFingerprint.TryParse(v3, out var ident) ? ident : throw Fault("v3ident= takes 40 hexadecimal digits"),
            RelayFingerprint.TryParse(fingerprint, out var relay) ? relay : throw Fault("the fingerprint takes 40 hexadecimal digits"),
            new IPEndPoint(AddressOf(plain[1]).Address, PortOf(options)),
            AddressOf(plain[1]));
    }

    /// <summary>The torrc line, without <c>DirAuthority</c>.</summary>
    public override string ToString() =>
        $"{Nickname} orport={OrPort.Port} no-v2 v3ident={V3Identity} {DirPort} {Fingerprint}";

    private static IPEndPoint AddressOf(string text) =>
        IPEndPoint.TryParse(text, out var address) && address.Port != 0 ? address : throw Fault("HOST:DIRPORT takes an address and a port");

    private static int PortOf(Dictionary<string, string> options) =>
        options.TryGetValue("orport", out var text)
        && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port != 0
            ? port
            : throw Fault("orport= takes a port");

    private static TorException Fault(string what) =>
        new(TorErrorKind.Local, $"A DirAuthority line is wrong: {what}. Expected: NICK orport=PORT v3ident=HEX HOST:DIRPORT FINGERPRINT.") { Cause = TorCause.NetworkFile };
}
