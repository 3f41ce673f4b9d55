namespace OnionHost.Cli.Output;

/// <summary>Lines for people.</summary>
internal sealed class TextEvents(TextWriter output, TextWriter error) : IEvents
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public bool IsJson => false;

    /// <inheritdoc/>
    public void Tell(string name, string text, params ReadOnlySpan<(string Name, object? Value)> facts)
    {
        if (text.Length > 0)
        {
            Write(output, text);
        }
    }

    /// <inheritdoc/>
    public void Fail(int code, string message) => Write(error, $"onionhost: {message}");

    private void Write(TextWriter writer, string text)
    {
        lock (_lock)
        {
            writer.WriteLine(text);
            writer.Flush();
        }
    }
}
