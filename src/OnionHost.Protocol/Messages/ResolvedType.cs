namespace OnionHost.Protocol.Messages;

/// <summary>What an answer in RESOLVED is (tor-spec 6.4), 1 byte.</summary>
public enum ResolvedType : byte
{
    /// <summary>A name, without terminating NUL.</summary>
    HostName = 0,

    /// <summary>An IPv4 address, 4 bytes.</summary>
    IPv4 = 4,

    /// <summary>An IPv6 address, 16 bytes.</summary>
    IPv6 = 6,

    /// <summary>The lookup failed, and may succeed later.</summary>
    TransientError = 0xf0,

    /// <summary>There is no such name.</summary>
    Error = 0xf1,
}
