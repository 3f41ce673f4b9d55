using System.Text;

namespace OnionHost.Cli.Control;

/// <summary>Reads one bounded line of text.</summary>
internal static class ControlLine
{
    private const int Chunk = 16 * 1024;

    /// <summary>Reads up to a newline, or to the end.</summary>
    /// <exception cref="IOException">The line is longer than <paramref name="max"/> bytes.</exception>
    public static async Task<string> ReadAsync(Stream stream, int max, CancellationToken stop)
    {
        using var line = new MemoryStream();
        var buffer = new byte[Chunk];
        while (line.Length <= max)
        {
            var count = await stream.ReadAsync(buffer, stop);
            var end = buffer.AsSpan(0, count).IndexOf((byte)'\n');
            line.Write(buffer, 0, end < 0 ? count : end);
            if (count == 0 || end >= 0)
            {
                return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
            }
        }

        throw new IOException("The line is too long.");
    }
}
