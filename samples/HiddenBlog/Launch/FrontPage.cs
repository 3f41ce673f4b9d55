using System.Net;
using OnionHost.Protocol.Identities;

namespace HiddenBlog.Launch;

/// <summary>Reads the blog as a visitor does: through the SOCKS port, the client's circuits, the rendezvous and the service.</summary>
internal static class FrontPage
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public static async Task FetchAsync(OnionAddress address, IPEndPoint socks, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{socks}"), UseCookies = false };
        using var visitor = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
        while (true)
        {
            try
            {
                using var response = await visitor.GetAsync(new Uri($"http://{address}/"), cancellationToken);
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }
}
