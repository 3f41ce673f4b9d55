using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>AUTH_CHALLENGE: what the responder wants the initiator to prove itself with (tor-spec 4.3).</summary>
/// <param name="Challenge">32 random bytes.</param>
/// <param name="Methods">The kinds of AUTHENTICATE that it takes; 3 is the only one today.</param>
public readonly record struct AuthChallengeCell(ReadOnlyMemory<byte> Challenge, ImmutableArray<ushort> Methods)
{
    /// <summary>Length of <see cref="Challenge"/> in bytes.</summary>
    public const int ChallengeSize = 32;

    /// <summary>Reads the payload.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static AuthChallengeCell Read(ref SpanReader reader)
    {
        var challenge = reader.ReadBytes(ChallengeSize).ToArray();
        var methods = new ushort[reader.ReadUInt16()];
        for (var i = 0; i < methods.Length; i++)
        {
            methods[i] = reader.ReadUInt16();
        }

        return new AuthChallengeCell(challenge, ImmutableArray.Create(methods));
    }

    /// <summary>Writes the payload.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteBytes(Challenge.Span);
        writer.WriteUInt16(checked((ushort)Methods.Length));
        foreach (var method in Methods)
        {
            writer.WriteUInt16(method);
        }
    }
}
