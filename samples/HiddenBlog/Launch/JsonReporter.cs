using System.Text.Encodings.Web;
using System.Text.Json;

namespace HiddenBlog.Launch;

/// <summary>One JSON object a line, for programs.</summary>
internal sealed class JsonReporter(TextWriter output) : IReporter
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Task<BlogReady> ShowAsync(Func<IProgress<Step>, Task<BlogReady>> start) =>
        start(new Steps(step => Write(new { @event = "progress", step = step.Text, percent = step.Percent })));

    public void Ready(BlogReady ready) => Write(new
    {
        @event = "ready",
        address = ready.Address,
        cookieAddress = ready.CookieAddress,
        socksPort = ready.SocksPort,
        elapsedMs = ready.ElapsedMs,
    });

    public void Stopping()
    {
        // The line about being ready stays the last one.
    }

    public void Failed(string message) => Write(new { @event = "failed", message });

    private void Write(object line)
    {
        output.WriteLine(JsonSerializer.Serialize(line, Options));
        output.Flush();
    }
}
