using System.Text;

namespace OnionHost.Protocol.Tests.Directory;

/// <summary>Damages documents in many ways and checks that parsers answer with nothing but <see cref="ProtocolException"/>.</summary>
internal static class DocumentDamage
{
    /// <summary>Cuts the document at every <paramref name="step"/>-th byte and changes single bytes.</summary>
    public static void AssertOnlyProtocolExceptions(string text, Action<byte[]> parse, int step = 1)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i += step)
        {
            Try(parse, bytes[..i]);
            var changed = bytes.ToArray();
            changed[i] ^= (byte)(1 << (i % 7));
            Try(parse, changed);
        }

        foreach (var damaged in LinesDamaged(text))
        {
            Try(parse, System.Text.Encoding.UTF8.GetBytes(damaged));
        }
    }

    /// <summary>Every single line removed or doubled must make the document invalid: for documents that are signed.</summary>
    public static void AssertLinesMatter(string text, Action<byte[]> parse)
    {
        foreach (var damaged in LinesDamaged(text))
        {
            Assert.Throws<ProtocolException>(() => parse(System.Text.Encoding.UTF8.GetBytes(damaged)));
        }
    }

    private static IEnumerable<string> LinesDamaged(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            yield return Join(lines.Where((_, j) => j != i));
            yield return Join(lines.Take(i + 1).Append(lines[i]).Concat(lines.Skip(i + 1)));
        }
    }

    private static string Join(IEnumerable<string> lines) => new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();

    private static void Try(Action<byte[]> parse, byte[] bytes)
    {
        try
        {
            parse(bytes);
        }
        catch (ProtocolException)
        {
        }
    }
}
