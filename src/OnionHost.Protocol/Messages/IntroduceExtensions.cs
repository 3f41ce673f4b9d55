using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>The extension list of the introduction messages: a count byte, then type, length and body of each (rend-spec-v3 3.1.1).</summary>
public static class IntroduceExtensions
{
    /// <summary>In the encrypted part: the client wants congestion control on the onion hop; no body (rend-spec-v3 3.3).</summary>
    public const byte CongestionControl = 1;

    /// <summary>Reads the list with its count.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static ImmutableArray<IntroduceExtension> Read(ref SpanReader reader)
    {
        var count = reader.ReadByte();
        var extensions = ImmutableArray.CreateBuilder<IntroduceExtension>();
        for (var i = 0; i < count; i++)
        {
            var type = reader.ReadByte();
            extensions.Add(new IntroduceExtension(type, reader.ReadBytes(reader.ReadByte()).ToArray()));
        }

        return extensions.ToImmutable();
    }

    /// <summary>Writes the list with its count; a default array is an empty list.</summary>
    public static void Write(ref SpanWriter writer, ImmutableArray<IntroduceExtension> extensions)
    {
        if (extensions.IsDefaultOrEmpty)
        {
            writer.WriteByte(0);
            return;
        }

        writer.WriteByte(checked((byte)extensions.Length));
        foreach (var extension in extensions)
        {
            writer.WriteByte(extension.Type);
            writer.WriteByte(checked((byte)extension.Body.Length));
            writer.WriteBytes(extension.Body.Span);
        }
    }
}
