using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnionHost.Cli.Output;

/// <summary>One JSON object a line.</summary>
internal sealed class JsonEvents(TextWriter output) : IEvents
{
    private static readonly JsonSerializerOptions Values = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public bool IsJson => true;

    /// <inheritdoc/>
    public void Tell(string name, string text, params ReadOnlySpan<(string Name, object? Value)> facts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Writer))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            foreach (var (key, value) in facts)
            {
                if (value is not null)
                {
                    json.WritePropertyName(key);
                    JsonSerializer.Serialize(json, value, value.GetType(), Values);
                }
            }

            json.WriteEndObject();
        }

        var line = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Fail(int code, string message) => Tell("failed", message, ("code", code), ("message", message));
}
