using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace OnionHost.Protocol.Directory.Consensuses.Diffs;

/// <summary>
/// The part of ed's language that diffs use, from the last change to the first: <c>n[,m]d</c>, <c>n[,m]c</c>, <c>na</c> and
/// <c>n,$d</c>, lines that end with a dot after <c>c</c> and <c>a</c>.
/// </summary>
internal static class EdScript
{
    private const int LongestCommand = 127;

    /// <summary>Writes the changes, which are in order; false if a line is a lone dot, which cannot be written.</summary>
    public static bool TryWrite(IReadOnlyList<LineChange> changes, List<ReadOnlyMemory<byte>> newer, IBufferWriter<byte> script)
    {
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            var change = changes[i];
            var range = change.OldCount switch
            {
                0 => Number(change.OldStart),
                1 => Number(change.OldStart + 1),
                _ => $"{Number(change.OldStart + 1)},{Number(change.OldStart + change.OldCount)}",
            };
            var command = change.NewCount == 0 ? 'd' : change.OldCount == 0 ? 'a' : 'c';
            script.Write(System.Text.Encoding.ASCII.GetBytes($"{range}{command}\n"));
            if (change.NewCount > 0 && !TryWriteLines(newer.GetRange(change.NewStart, change.NewCount), script))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Applies a script.</summary>
    /// <param name="lines">What it is applied to.</param>
    /// <param name="script">Its lines.</param>
    /// <param name="maximumSize">The most that the result may have, bytes.</param>
    /// <returns>The new document.</returns>
    /// <exception cref="ProtocolException">The script is malformed, not in order, or gives more than that.</exception>
    public static byte[] Apply(List<ReadOnlyMemory<byte>> lines, List<ReadOnlyMemory<byte>> script, int maximumSize)
    {
        // Built from its end, as the script goes.
        var reversed = new List<ReadOnlyMemory<byte>>(lines.Count);
        var left = lines.Count;
        for (var i = 0; i < script.Count; i++)
        {
            var (start, end, command) = ReadCommand(script[i].Span, lines.Count);
            if (end > left)
            {
                throw new ProtocolException("The commands of a consensus diff are not in order, or go beyond its end.");
            }

            CopyDown(lines, reversed, left, end);
            left = command == 'a' ? end : start - 1;
            if (command != 'd')
            {
                i = AddDown(script, i + 1, reversed);
            }
        }

        CopyDown(lines, reversed, left, 0);
        return Join(reversed, maximumSize);
    }

    private static void CopyDown(List<ReadOnlyMemory<byte>> from, List<ReadOnlyMemory<byte>> to, int last, int first)
    {
        for (var i = last - 1; i >= first; i--)
        {
            to.Add(from[i]);
        }
    }

    // Adds the lines up to the dot; the index of the dot.
    private static int AddDown(List<ReadOnlyMemory<byte>> script, int first, List<ReadOnlyMemory<byte>> reversed)
    {
        var dot = script.FindIndex(first, line => line.Span.SequenceEqual("."u8));
        if (dot <= first)
        {
            throw new ProtocolException("A command of a consensus diff adds no lines, or does not end.");
        }

        CopyDown(script, reversed, dot, first);
        return dot;
    }

    private static (int Start, int End, char Command) ReadCommand(ReadOnlySpan<byte> line, int count)
    {
        var rest = line;
        var isRange = false;
        var isToEnd = false;
        var end = 0;
        if (line.Length <= LongestCommand && TryReadNumber(ref rest, out var start))
        {
            isRange = rest.StartsWith(","u8);
            isToEnd = rest.StartsWith(",$"u8);
            rest = rest[(isToEnd ? 2 : isRange ? 1 : 0)..];
            end = isToEnd ? count : start;
            if ((!isRange || isToEnd || TryReadNumber(ref rest, out end)) && (!isRange || end > start) && rest.Length == 1)
            {
                var command = (char)rest[0];
                var isAllowed = command switch { 'a' => !isRange, 'c' => !isToEnd && start > 0, 'd' => start > 0, _ => false };
                if (isAllowed)
                {
                    return (start, end, command);
                }
            }
        }

        throw new ProtocolException("A command of a consensus diff is malformed.");
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !Utf8Parser.TryParse(text, out number, out var consumed))
        {
            return false;
        }

        text = text[consumed..];
        return true;
    }

    private static bool TryWriteLines(List<ReadOnlyMemory<byte>> lines, IBufferWriter<byte> script)
    {
        foreach (var line in lines)
        {
            if (line.Span.SequenceEqual("."u8))
            {
                return false;
            }

            script.Write(line.Span);
            script.Write("\n"u8);
        }

        script.Write(".\n"u8);
        return true;
    }

    private static byte[] Join(List<ReadOnlyMemory<byte>> reversed, int maximumSize)
    {
        var size = reversed.Sum(line => line.Length + 1L);
        if (size > maximumSize)
        {
            throw new ProtocolException($"A consensus diff gives more than {maximumSize} bytes.");
        }

        var document = new byte[size];
        var position = 0;
        for (var i = reversed.Count - 1; i >= 0; i--)
        {
            reversed[i].CopyTo(document.AsMemory(position));
            position += reversed[i].Length;
            document[position++] = (byte)'\n';
        }

        return document;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
