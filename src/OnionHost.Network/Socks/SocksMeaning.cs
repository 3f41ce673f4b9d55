using OnionHost.Protocol;

namespace OnionHost.Network.Socks;

/// <summary>What a SOCKS5 port says with its one byte, in words: what failed and what to do. For whoever asks a port, ours or stock tor's.</summary>
internal static class SocksMeaning
{
    /// <summary>The meaning of a reply code that is no success.</summary>
    public static string Of(byte code) => (OnionFailure)code switch
    {
        OnionFailure.DescriptorNotFound => "the onion service is offline, or the address was never used: no directory has its descriptor. Check the address, or try again later.",
        OnionFailure.DescriptorInvalid => "the onion service's descriptor is malformed or badly signed. Its owner has to publish a new one; try again later.",
        OnionFailure.IntroductionFailed => "none of the onion service's introduction points passed the visit on: it is down, or just moving. Try again in a minute.",
        OnionFailure.RendezvousFailed => "the rendezvous with the onion service failed. Try again.",
        OnionFailure.MissingAuthorization => "the onion service wants a cookie: open it as COOKIE.ADDRESS.onion. Its owner issues cookies.",
        OnionFailure.WrongAuthorization => "the onion service does not know the cookie: it is mistyped, has ended or was revoked. Ask its owner for another.",
        OnionFailure.BadAddress => "the onion address is mistyped: it has 56 letters and digits before .onion, with a checksum among them.",
        OnionFailure.IntroductionTimedOut => "the onion service's introduction points did not answer in time. Try again.",
        _ => Of((SocksReplyCode)code),
    };

    private static string Of(SocksReplyCode code) => code switch
    {
        SocksReplyCode.GeneralFailure => "the client could not build a circuit (perhaps no exit takes the port), or the other end gave no reason, as onion services do at a port that they do not serve. Check the port, try again, and look at the client's log.",
        SocksReplyCode.NotAllowed => "no exit's policy allows the address and port, or it is a private address. Use another port, or connect without Tor.",
        SocksReplyCode.NetworkUnreachable => "the exit cannot reach the server's network. Try again later.",
        SocksReplyCode.HostUnreachable => "there is no such name, or the exit cannot reach the server. Check the name.",
        SocksReplyCode.ConnectionRefused => "the server refuses connections at that port: check the port, and that the server runs.",
        SocksReplyCode.TtlExpired => "it took too long. Try again.",
        SocksReplyCode.CommandNotSupported => "the SOCKS port does not do that. Stock tor and 'onionhost client' connect, and look names up.",
        SocksReplyCode.AddressTypeNotSupported => "the SOCKS port does not take such an address. Give a host name.",
        _ => $"the SOCKS port gives a reason that is not known here ({(byte)code:X2}). Look at the client's log.",
    };
}
