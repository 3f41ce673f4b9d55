using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>RESOLVED: what a lookup gave (tor-spec 6.4).</summary>
/// <param name="Answers">At least one.</param>
public readonly record struct ResolvedMessage(ImmutableArray<ResolvedAnswer> Answers)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is truncated, or an address has the wrong length.</exception>
    public static ResolvedMessage Read(ref SpanReader reader)
    {
        var answers = ImmutableArray.CreateBuilder<ResolvedAnswer>();
        while (!reader.IsAtEnd)
        {
            var type = (ResolvedType)reader.ReadByte();
            var value = reader.ReadBytes(reader.ReadByte()).ToArray();
            if ((type == ResolvedType.IPv4 && value.Length != 4) || (type == ResolvedType.IPv6 && value.Length != 16))
            {
                throw new ProtocolException($"RESOLVED has an {type} address of {value.Length} bytes.");
            }

            answers.Add(new ResolvedAnswer(type, value, reader.ReadUInt32()));
        }

        return new ResolvedMessage(answers.ToImmutable());
    }

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer)
    {
        foreach (var answer in Answers)
        {
            writer.WriteByte((byte)answer.Type);
            writer.WriteByte(checked((byte)answer.Value.Length));
            writer.WriteBytes(answer.Value.Span);
            writer.WriteUInt32(answer.Ttl);
        }
    }
}
