namespace HiddenBlog.Launch;

/// <summary>The web application, whose disposal may not keep the process alive for longer than it is given.</summary>
internal sealed class BoundedApp(WebApplication web, TimeSpan timeToDispose) : IAsyncDisposable
{
    public WebApplication Web => web;

    public IHostApplicationLifetime Lifetime => web.Lifetime;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await web.DisposeAsync().AsTask().WaitAsync(timeToDispose);
        }
        catch (TimeoutException)
        {
            // The process ends anyway, and its sockets with it.
        }
    }
}
