namespace HiddenBlog.Launch;

/// <summary>Plain lines, for files and pipes.</summary>
internal sealed class LineReporter(TextWriter output, TextWriter errors) : IReporter
{
    public Task<BlogReady> ShowAsync(Func<IProgress<Step>, Task<BlogReady>> start) =>
        start(new Steps(step => output.WriteLine($"{step.Percent,3} %  {step.Text}")));

    public void Ready(BlogReady ready)
    {
        output.WriteLine();
        output.WriteLine($"The blog is up after {ready.ElapsedMs / 1000.0:0.0} s.");
        output.WriteLine($"Address: http://{ready.Address}/");
        output.WriteLine($"SOCKS port: {ready.SocksPort}");
        output.WriteLine($"With the owner's cookie, which lets you write: http://{ready.CookieAddress}/");
        output.WriteLine($"Data: {ready.DataDirectory}");
        output.WriteLine();
        output.WriteLine("Read it:");
        output.WriteLine(ready.CurlLine);
        output.WriteLine(ready.CookieCurlLine);
        output.WriteLine();
        output.WriteLine("Ctrl-C ends it. A network that lives in this process hides nobody: it is for trying things out.");
    }

    public void Stopping() => output.WriteLine("Ending.");

    public void Failed(string message) => errors.WriteLine($"HiddenBlog: {message}");
}
