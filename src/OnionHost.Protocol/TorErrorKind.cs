namespace OnionHost.Protocol;

/// <summary>Where a failure has its cause: here, on the way, or at the other side.</summary>
public enum TorErrorKind
{
    /// <summary>This process or its configuration: wrong input, unreadable keys, a port in use.</summary>
    Local,

    /// <summary>The network between: a link, a relay or a directory that failed or did not answer.</summary>
    Network,

    /// <summary>The other side: a malformed message, a refusal, a service that does not answer.</summary>
    Remote,
}
