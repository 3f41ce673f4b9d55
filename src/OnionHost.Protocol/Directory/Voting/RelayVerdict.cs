using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>What a consensus says about a relay: the same for both flavours, which leave out different parts.</summary>
internal sealed record RelayVerdict(
    VoteRelay Chosen,
    IReadOnlyList<string> Flags,
    IPEndPoint? Ipv6,
    Digest256? Microdescriptor)
{
    /// <summary>Software and version.</summary>
    public string? Version { get; init; }

    /// <summary>Subprotocols.</summary>
    public string? Protocols { get; init; }

    /// <summary>Kilobytes a second; null if no vote says.</summary>
    public uint? Bandwidth { get; init; }

    /// <summary>True if too few measured it.</summary>
    public bool Unmeasured { get; init; }

    /// <summary>The exit policy summary.</summary>
    public string? Policy { get; init; }
}
