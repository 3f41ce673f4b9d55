namespace OnionHost.Network.Links;

/// <summary>Which cell a link's handshake waits for.</summary>
internal enum LinkHandshakeStep
{
    /// <summary>VERSIONS, from both sides.</summary>
    Versions,

    /// <summary>CERTS; a responder also takes NETINFO here, from a client.</summary>
    Certs,

    /// <summary>AUTH_CHALLENGE; a client also takes NETINFO.</summary>
    AuthChallenge,

    /// <summary>AUTHENTICATE.</summary>
    Authenticate,

    /// <summary>NETINFO.</summary>
    Netinfo,

    /// <summary>Nothing: the link is open.</summary>
    Open,
}
