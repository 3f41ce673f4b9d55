using System.Collections.Immutable;
using System.Net;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>The list of link specifiers that names one relay: a count byte, then type, length and data of each (tor-spec 5.1.2).</summary>
public static class LinkSpecifiers
{
    /// <summary>Reads the list with its count.</summary>
    /// <exception cref="ProtocolException">It is truncated, or a known kind has the wrong length.</exception>
    public static ImmutableArray<LinkSpecifier> Read(ref SpanReader reader)
    {
        var count = reader.ReadByte();
        var specifiers = ImmutableArray.CreateBuilder<LinkSpecifier>();
        for (var i = 0; i < count; i++)
        {
            var type = reader.ReadByte();
            var specifier = new LinkSpecifier(type, reader.ReadBytes(reader.ReadByte()).ToArray());
            if (specifier.ExpectedLength is { } expected && expected != specifier.Data.Length)
            {
                throw new ProtocolException($"A link specifier of type {type} has {specifier.Data.Length} bytes, expected {expected}.");
            }

            specifiers.Add(specifier);
        }

        return specifiers.ToImmutable();
    }

    /// <summary>Writes the list with its count.</summary>
    public static void Write(ref SpanWriter writer, ImmutableArray<LinkSpecifier> specifiers)
    {
        writer.WriteByte(checked((byte)specifiers.Length));
        foreach (var specifier in specifiers)
        {
            writer.WriteByte(specifier.Type);
            writer.WriteByte(checked((byte)specifier.Data.Length));
            writer.WriteBytes(specifier.Data.Span);
        }
    }

    /// <summary>Every address and port in the list, in its order.</summary>
    public static IReadOnlyList<IPEndPoint> EndPoints(ImmutableArray<LinkSpecifier> specifiers)
    {
        var endPoints = new List<IPEndPoint>();
        foreach (var specifier in specifiers)
        {
            if (specifier.EndPoint is { } endPoint)
            {
                endPoints.Add(endPoint);
            }
        }

        return endPoints;
    }

    /// <summary>The RSA fingerprint; null if there is none.</summary>
    /// <exception cref="ProtocolException">There are two.</exception>
    public static RelayFingerprint? Fingerprint(ImmutableArray<LinkSpecifier> specifiers) =>
        Only(specifiers, LinkSpecifier.RsaFingerprint) is { } data ? new RelayFingerprint(data.Span) : null;

    /// <summary>The Ed25519 identity; null if there is none.</summary>
    /// <exception cref="ProtocolException">There are two.</exception>
    public static Ed25519Identity? Ed25519(ImmutableArray<LinkSpecifier> specifiers) =>
        Only(specifiers, LinkSpecifier.Ed25519) is { } data ? new Ed25519Identity(data.Span) : null;

    private static ReadOnlyMemory<byte>? Only(ImmutableArray<LinkSpecifier> specifiers, byte type)
    {
        ReadOnlyMemory<byte>? found = null;
        foreach (var specifier in specifiers)
        {
            if (specifier.Type != type)
            {
                continue;
            }

            if (found is not null)
            {
                throw new ProtocolException($"Two link specifiers of type {type} name one relay.");
            }

            found = specifier.Data;
        }

        return found;
    }
}
