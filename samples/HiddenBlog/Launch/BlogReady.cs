namespace HiddenBlog.Launch;

/// <summary>What there is to tell once the blog was fetched through the network.</summary>
/// <param name="Address">The blog's onion address.</param>
/// <param name="CookieAddress">The address with the owner's cookie before it: whoever has it can write.</param>
/// <param name="SocksPort">The SOCKS port on 127.0.0.1.</param>
/// <param name="ElapsedMs">Milliseconds since the process started.</param>
/// <param name="DataDirectory">Where everything is kept.</param>
internal sealed record BlogReady(string Address, string CookieAddress, int SocksPort, long ElapsedMs, string DataDirectory)
{
    public string CurlLine => CurlFor(Address, "/");

    public string CookieCurlLine => CurlFor(CookieAddress, "/members");

    private string CurlFor(string host, string path) => $"curl --socks5-hostname 127.0.0.1:{SocksPort} http://{host}{path}";
}
