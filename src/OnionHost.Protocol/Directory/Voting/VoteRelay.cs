using System.Collections.Immutable;
using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>What one authority says about one relay (dir-spec 3.4.1).</summary>
public sealed record VoteRelay
{
    /// <summary>Its nickname.</summary>
    public required Nickname Nickname { get; init; }

    /// <summary>Its RSA identity, 20 bytes.</summary>
    public required RelayFingerprint Fingerprint { get; init; }

    /// <summary>SHA-1 of its descriptor, 20 bytes.</summary>
    public required Digest160 DescriptorDigest { get; init; }

    /// <summary>When the descriptor was published.</summary>
    public required DateTimeOffset Published { get; init; }

    /// <summary>Its IPv4 address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its OR port.</summary>
    public required ushort OrPort { get; init; }

    /// <summary>Its directory port, or 0.</summary>
    public ushort DirPort { get; init; }

    /// <summary>Its IPv6 OR address; null if it has none.</summary>
    public IPEndPoint? Ipv6 { get; init; }

    /// <summary>The names of its flags, in ordinal order, each one of the vote's known flags.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>Software and version, such as <c>Tor 0.4.9.11</c>; null if its platform says none.</summary>
    public string? Version { get; init; }

    /// <summary>The subprotocol versions that it speaks, as its descriptor words them.</summary>
    public required string Protocols { get; init; }

    /// <summary>What it claims to carry, kilobytes a second; null if the vote does not say.</summary>
    public uint? Bandwidth { get; init; }

    /// <summary>What a bandwidth authority measured, kilobytes a second; null if none did.</summary>
    public uint? Measured { get; init; }

    /// <summary>The summary of its exit policy, such as <c>accept 80,443</c>; null if the vote does not say.</summary>
    public string? Policy { get; init; }

    /// <summary>True if the vote says anything about its Ed25519 identity, be it that there is none.</summary>
    public bool ListsEd25519 { get; init; }

    /// <summary>Its Ed25519 identity, 32 bytes; null if it has none.</summary>
    public Ed25519Identity? Ed25519 { get; init; }

    /// <summary>The digests of its microdescriptors, by groups of methods that give the same.</summary>
    public ImmutableArray<VoteMicrodescriptor> Microdescriptors { get; init; } = [];
}
