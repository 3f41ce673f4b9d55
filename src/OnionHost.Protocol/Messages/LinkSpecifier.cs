using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>One way to name or reach a relay (tor-spec 5.1.2). Kinds not known here are kept and passed on.</summary>
/// <param name="Type">0 IPv4 and port, 1 IPv6 and port, 2 RSA fingerprint, 3 Ed25519 identity.</param>
/// <param name="Data">At most 255 bytes.</param>
public readonly record struct LinkSpecifier(byte Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>An IPv4 address and port, 6 bytes.</summary>
    public const byte IPv4 = 0;

    /// <summary>An IPv6 address and port, 18 bytes.</summary>
    public const byte IPv6 = 1;

    /// <summary>An RSA fingerprint, 20 bytes.</summary>
    public const byte RsaFingerprint = 2;

    /// <summary>An Ed25519 identity, 32 bytes.</summary>
    public const byte Ed25519 = 3;

    /// <summary>An address and port.</summary>
    public static LinkSpecifier FromEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var address = endPoint.Address.GetAddressBytes();
        var data = new byte[address.Length + 2];
        address.CopyTo(data, 0);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(address.Length), (ushort)endPoint.Port);
        return new LinkSpecifier(endPoint.AddressFamily == AddressFamily.InterNetwork ? IPv4 : IPv6, data);
    }

    /// <summary>An RSA fingerprint.</summary>
    public static LinkSpecifier FromFingerprint(RelayFingerprint fingerprint) => new(RsaFingerprint, fingerprint.ToArray());

    /// <summary>An Ed25519 identity.</summary>
    public static LinkSpecifier FromEd25519(Ed25519Identity identity) => new(Ed25519, identity.ToArray());

    /// <summary>The address and port; null for other kinds.</summary>
    public IPEndPoint? EndPoint => Type is IPv4 or IPv6 && Data.Length is 6 or 18
        ? new IPEndPoint(new IPAddress(Data.Span[..^2]), BinaryPrimitives.ReadUInt16BigEndian(Data.Span[^2..]))
        : null;

    /// <summary>The length that <see cref="Data"/> must have; null for kinds not known here.</summary>
    internal int? ExpectedLength => Type switch { IPv4 => 6, IPv6 => 18, RsaFingerprint => 20, Ed25519 => 32, _ => null };
}
