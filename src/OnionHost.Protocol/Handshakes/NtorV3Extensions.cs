using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The list of extensions in an ntor-v3 message: a count byte, then type, length and data of each, ascending by type without repeats.</summary>
public static class NtorV3Extensions
{
    /// <summary>Reads a whole message.</summary>
    /// <exception cref="ProtocolException">It is truncated, too long, unsorted, or repeats a type.</exception>
    public static ImmutableArray<NtorV3Extension> Read(ReadOnlySpan<byte> message)
    {
        var reader = new SpanReader(message);
        var count = reader.ReadByte();
        var extensions = ImmutableArray.CreateBuilder<NtorV3Extension>(count);
        var last = -1;
        for (var i = 0; i < count; i++)
        {
            var type = reader.ReadByte();
            if (type <= last)
            {
                throw new ProtocolException("The extensions of an ntor-v3 message are not ascending.");
            }

            last = type;
            extensions.Add(new NtorV3Extension(type, reader.ReadBytes(reader.ReadByte()).ToArray()));
        }

        reader.ExpectEnd("An ntor-v3 message");
        return extensions.ToImmutable();
    }

    /// <summary>The bytes of a message; the extensions are sorted here. An empty list is one byte.</summary>
    /// <exception cref="ArgumentException">A type repeats, or data is longer than 255 bytes.</exception>
    public static byte[] Write(IEnumerable<NtorV3Extension> extensions)
    {
        NtorV3Extension[] sorted = [.. extensions.OrderBy(extension => extension.Type)];
        if (sorted.DistinctBy(extension => extension.Type).Count() != sorted.Length || sorted.Any(extension => extension.Data.Length > byte.MaxValue))
        {
            throw new ArgumentException("An ntor-v3 extension repeats its type or is too long.", nameof(extensions));
        }

        var message = new byte[1 + sorted.Sum(extension => 2 + extension.Data.Length)];
        var writer = new SpanWriter(message);
        writer.WriteByte((byte)sorted.Length);
        foreach (var extension in sorted)
        {
            writer.WriteByte(extension.Type);
            writer.WriteByte((byte)extension.Data.Length);
            writer.WriteBytes(extension.Data.Span);
        }

        return message;
    }
}
