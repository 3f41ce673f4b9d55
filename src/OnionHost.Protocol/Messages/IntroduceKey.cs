using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Messages;

/// <summary>The typed key at the front of the introduction messages: kind 2 (Ed25519), length 2, key 32.</summary>
internal static class IntroduceKey
{
    private const byte Ed25519Kind = 2;

    public static Ed25519Identity Read(ref SpanReader reader)
    {
        reader.ReadExpected(Ed25519Kind, "An introduction's kind of key");
        if (reader.ReadUInt16() != Ed25519Identity.Size)
        {
            throw new ProtocolException("An introduction's key has the wrong length.");
        }

        return new Ed25519Identity(reader.ReadBytes(Ed25519Identity.Size));
    }

    public static void Write(ref SpanWriter writer, in Ed25519Identity key)
    {
        writer.WriteByte(Ed25519Kind);
        writer.WriteUInt16(Ed25519Identity.Size);
        writer.WriteBytes(key.Span);
    }
}
