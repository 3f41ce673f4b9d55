using System.Buffers;
using System.Buffers.Text;

namespace OnionHost.Protocol.Directory;

/// <summary>What stands in base64 between <c>-----BEGIN X-----</c> and <c>-----END X-----</c> after a line (dir-spec 1.2).</summary>
/// <param name="Label">The words after BEGIN, such as <c>RSA PUBLIC KEY</c>.</param>
/// <param name="Data">The decoded bytes.</param>
public sealed record DocumentObject(string Label, ReadOnlyMemory<byte> Data)
{
    /// <summary>Decodes base64 lines, padded or not.</summary>
    internal static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> lines, string label)
    {
        var text = new byte[lines.Length + 3];
        var length = 0;
        foreach (var character in lines)
        {
            if (character != (byte)'\n')
            {
                text[length++] = character;
            }
        }

        while (length > 0 && text[length - 1] == (byte)'=')
        {
            length--;
        }

        while (length % 4 != 0)
        {
            text[length++] = (byte)'=';
        }

        var status = Base64.DecodeFromUtf8InPlace(text.AsSpan(0, length), out var written);
        return status == OperationStatus.Done
            ? text.AsMemory(0, written)
            : throw new ProtocolException($"An object '{label}' of a directory document is not base64.");
    }
}
