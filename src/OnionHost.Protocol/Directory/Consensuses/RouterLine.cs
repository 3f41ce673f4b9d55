using System.Net;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>The <c>r</c> line of a relay in a vote or a consensus (dir-spec 3.4.1).</summary>
internal readonly record struct RouterLine(
    Nickname Nickname,
    RelayFingerprint Fingerprint,
    Digest160? Descriptor,
    DateTimeOffset Published,
    IPAddress Address,
    ushort OrPort,
    ushort DirPort)
{
    /// <summary>Reads the line; in the microdescriptor flavour it has no digest.</summary>
    public static RouterLine Read(DocumentItem item, bool hasDigest)
    {
        var shift = hasDigest ? 1 : 0;
        Span<byte> identity = stackalloc byte[RelayFingerprint.Size];
        Span<byte> digest = stackalloc byte[Digest160.Size];
        if (!Text.TryDecodeBase64(item.Argument(1), identity) || (hasDigest && !Text.TryDecodeBase64(item.Argument(2), digest)))
        {
            throw item.Fault("needs base64 of 20 bytes");
        }

        return new RouterLine(
            Nickname.Parse(item.Argument(0)),
            new RelayFingerprint(identity),
            hasDigest ? new Digest160(digest) : null,
            item.Time(2 + shift),
            item.IPv4(4 + shift),
            item.Port(5 + shift),
            item.Port(6 + shift));
    }

    /// <summary>The line's arguments, without the digest if there is none.</summary>
    public override string ToString()
    {
        var digest = Descriptor is { } known ? $"{Text.EncodeBase64(known.Span)} " : string.Empty;
        return $"{Nickname} {Text.EncodeBase64(Fingerprint.Span)} {digest}{DocumentTime.Format(Published)} {Address} {OrPort} {DirPort}";
    }
}
