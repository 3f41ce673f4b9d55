using System.Globalization;
using System.Net;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Networks;

/// <summary>A relay that newcomers ask first, so that not all of them ask the authorities: one <c>FallbackDir</c> line of a torrc.</summary>
/// <param name="Fingerprint">Its relay identity.</param>
/// <param name="Addresses">Where it accepts links; at least one.</param>
public sealed record FallbackDirectory(RelayFingerprint Fingerprint, IReadOnlyList<IPEndPoint> Addresses)
{
    /// <summary>Reads a torrc line, with or without its leading <c>FallbackDir</c>: <c>HOST[:DIRPORT] orport=PORT id=HEX [ipv6=[..]:PORT]</c>.</summary>
    /// <exception cref="TorException">Something is missing or malformed; the message says what.</exception>
    public static FallbackDirectory Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(word => word.Equals("FallbackDir", StringComparison.OrdinalIgnoreCase)).ToList();
        string? Option(string name) => words.Find(word => word.StartsWith(name, StringComparison.OrdinalIgnoreCase))?[name.Length..];

        var host = words.Find(word => !word.Contains('=', StringComparison.Ordinal));
        var isValid = IPEndPoint.TryParse(host ?? string.Empty, out var address)
            & ushort.TryParse(Option("orport="), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            & RelayFingerprint.TryParse(Option("id="), out var fingerprint);
        if (!isValid || port == 0)
        {
            throw new TorException(TorErrorKind.Local, "A FallbackDir line is wrong. Expected: HOST orport=PORT id=HEX.") { Cause = TorCause.NetworkFile };
        }

        var first = new IPEndPoint(address!.Address, port);
        return new FallbackDirectory(fingerprint, IPEndPoint.TryParse(Option("ipv6=") ?? string.Empty, out var second) ? [first, second] : [first]);
    }
}
