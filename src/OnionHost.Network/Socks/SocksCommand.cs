namespace OnionHost.Network.Socks;

/// <summary>The SOCKS commands that are served (RFC 1928 4 and Tor's socks-extensions).</summary>
internal enum SocksCommand : byte
{
    /// <summary>Open a stream.</summary>
    Connect = 1,

    /// <summary>Name to address (Tor's extension).</summary>
    Resolve = 0xF0,

    /// <summary>Address to name (Tor's extension, SOCKS5 only).</summary>
    ResolvePtr = 0xF1,
}
