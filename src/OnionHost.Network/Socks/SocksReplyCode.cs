namespace OnionHost.Network.Socks;

/// <summary>SOCKS5 reply codes (RFC 1928 6). Onion failures use their own values, F0 to F7, which are those of <see cref="Protocol.OnionFailure"/>.</summary>
internal enum SocksReplyCode : byte
{
    Succeeded = 0,
    GeneralFailure = 1,
    NotAllowed = 2,
    NetworkUnreachable = 3,
    HostUnreachable = 4,
    ConnectionRefused = 5,
    TtlExpired = 6,
    CommandNotSupported = 7,
    AddressTypeNotSupported = 8,
}
