namespace OnionHost.Protocol.Messages;

/// <summary>Why a stream ended (tor-spec 6.3), 1 byte. Clients send <see cref="Misc"/> or <see cref="Done"/> only.</summary>
public enum EndReason : byte
{
    /// <summary>Anything else.</summary>
    Misc = 1,

    /// <summary>The name could not be looked up.</summary>
    ResolveFailed = 2,

    /// <summary>The host refused.</summary>
    ConnectRefused = 3,

    /// <summary>The exit's policy does not allow it.</summary>
    ExitPolicy = 4,

    /// <summary>The circuit ends.</summary>
    Destroy = 5,

    /// <summary>The normal end.</summary>
    Done = 6,

    /// <summary>The host did not answer in time.</summary>
    Timeout = 7,

    /// <summary>No route to the host.</summary>
    NoRoute = 8,

    /// <summary>The relay is out of bandwidth for now.</summary>
    Hibernating = 9,

    /// <summary>A fault of the relay.</summary>
    Internal = 10,

    /// <summary>The relay is out of memory, descriptors or ports.</summary>
    ResourceLimit = 11,

    /// <summary>The host reset the connection.</summary>
    ConnReset = 12,

    /// <summary>The peer broke the protocol.</summary>
    TorProtocol = 13,

    /// <summary>The relay serves no directory.</summary>
    NotDirectory = 14,
}
