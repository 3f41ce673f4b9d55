namespace OnionHost.Protocol.Cells;

/// <summary>Why a circuit ended (tor-spec 5.4), 1 byte. Clients send <see cref="None"/> only.</summary>
public enum DestroyReason : byte
{
    /// <summary>Not told.</summary>
    None = 0,

    /// <summary>The peer broke the protocol.</summary>
    Protocol = 1,

    /// <summary>A fault of the relay.</summary>
    Internal = 2,

    /// <summary>A TRUNCATE asked for it.</summary>
    Requested = 3,

    /// <summary>The relay is out of bandwidth for now.</summary>
    Hibernating = 4,

    /// <summary>Out of memory, descriptors or circuit numbers.</summary>
    ResourceLimit = 5,

    /// <summary>The next relay could not be reached.</summary>
    ConnectFailed = 6,

    /// <summary>The next relay was not who it should be.</summary>
    OrIdentity = 7,

    /// <summary>The link that carried the circuit closed.</summary>
    ChannelClosed = 8,

    /// <summary>It was used up.</summary>
    Finished = 9,

    /// <summary>It took too long to build.</summary>
    Timeout = 10,

    /// <summary>A relay further on destroyed it.</summary>
    Destroyed = 11,

    /// <summary>No such onion service.</summary>
    NoSuchService = 12,
}
