using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>The NUL-terminated host text of BEGIN and RESOLVE.</summary>
internal static class HostText
{
    public static string Read(ref SpanReader reader)
    {
        var look = reader;
        var length = look.ReadToEnd().IndexOf((byte)0);
        if (length < 0)
        {
            throw new ProtocolException("A host name has no terminating NUL.");
        }

        var text = reader.ReadBytes(length);
        reader.ReadByte();
        if (text.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
        {
            throw new ProtocolException("A host name is not printable ASCII.");
        }

        return System.Text.Encoding.ASCII.GetString(text);
    }

    public static void Write(ref SpanWriter writer, string text)
    {
        System.Text.Encoding.ASCII.GetBytes(text, writer.Reserve(text.Length));
        writer.WriteByte(0);
    }
}
