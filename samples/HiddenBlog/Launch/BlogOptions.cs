namespace HiddenBlog.Launch;

/// <summary>What the command line asked for.</summary>
/// <param name="DataDirectory">Where posts, keys and cookies are kept.</param>
/// <param name="SocksPort">The SOCKS port, 0 for a free one.</param>
/// <param name="Json">One JSON object a line instead of pictures.</param>
/// <param name="Verbose">Log more.</param>
internal sealed record BlogOptions(string DataDirectory, int SocksPort, bool Json, bool Verbose);
