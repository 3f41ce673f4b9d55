using System.Collections.Immutable;
using System.Net;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>What a relay says about itself (dir-spec 2.1). All its signatures were verified when it was read.</summary>
public sealed record ServerDescriptor
{
    /// <summary>The longest document that authorities take, in bytes.</summary>
    public const int MaximumSize = 20_000;

    /// <summary>The keyword that opens each descriptor, for <see cref="DocumentReader.Split"/>.</summary>
    public const string FirstKeyword = "router";

    internal ServerDescriptor()
    {
    }

    /// <summary>Its nickname.</summary>
    public required Nickname Nickname { get; init; }

    /// <summary>Its IPv4 address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Where it accepts links.</summary>
    public required ushort OrPort { get; init; }

    /// <summary>Where it serves directory requests over plain HTTP; 0 if nowhere.</summary>
    public required ushort DirPort { get; init; }

    /// <summary>Further addresses for links, usually IPv6.</summary>
    public required ImmutableArray<IPEndPoint> ExtraAddresses { get; init; }

    /// <summary>Its software, such as <c>Tor 0.4.9.11 on Linux</c>; empty if it does not say.</summary>
    public required string Platform { get; init; }

    /// <summary>The subprotocols that it speaks.</summary>
    public required ProtocolVersions Protocols { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Published { get; init; }

    /// <summary>When the first of its certificates expires.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>How long the relay had been running.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>What it is willing to carry over time, bytes per second.</summary>
    public required uint BandwidthRate { get; init; }

    /// <summary>What it is willing to carry in bursts, bytes per second.</summary>
    public required uint BandwidthBurst { get; init; }

    /// <summary>What it saw itself carry, bytes per second.</summary>
    public required uint BandwidthObserved { get; init; }

    /// <summary>The RSA identity key.</summary>
    public required RsaPublicKey IdentityKey { get; init; }

    /// <summary>The RSA onion key, which nobody uses but every authority demands.</summary>
    public required RsaPublicKey TapOnionKey { get; init; }

    /// <summary>The Ed25519 identity.</summary>
    public required Ed25519Identity Identity { get; init; }

    /// <summary>The key for ntor handshakes.</summary>
    public required Curve25519PublicKey OnionKey { get; init; }

    /// <summary>The relays it says it belongs to.</summary>
    public required ImmutableArray<string> Family { get; init; }

    /// <summary>The families that certified it, such as <c>ed25519:KEY</c>.</summary>
    public required ImmutableArray<string> FamilyIds { get; init; }

    /// <summary>True if it stores onion service descriptors.</summary>
    public required bool IsHiddenServiceDirectory { get; init; }

    /// <summary>True if it answers BEGIN_DIR.</summary>
    public required bool IsDirectoryCache { get; init; }

    /// <summary>True if it is about to sleep until its accounting period ends.</summary>
    public required bool IsHibernating { get; init; }

    /// <summary>How to reach its operator; null if it does not say.</summary>
    public required string? Contact { get; init; }

    /// <summary>SHA-1 of its extra-info document, 20 bytes; null if it has none.</summary>
    public Digest160? ExtraInfoDigest { get; init; }

    /// <summary>SHA-256 of its extra-info document, 32 bytes; null if it does not say.</summary>
    public Digest256? ExtraInfoDigest256 { get; init; }

    /// <summary>Where it connects to over IPv4.</summary>
    public required ExitPolicy Policy { get; init; }

    /// <summary>The IPv6 ports that it opens.</summary>
    public required ExitPolicySummary PolicyIPv6 { get; init; }

    /// <summary>SHA-1 over <c>router</c> to <c>router-signature</c>.</summary>
    public required Digest160 Digest { get; init; }

    /// <summary>The document's bytes.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>SHA-1 of the RSA identity key.</summary>
    public RelayFingerprint Fingerprint => IdentityKey.Fingerprint;

    /// <summary>Reads one descriptor and verifies its signatures. Expiry is not checked: see <see cref="Expires"/>.</summary>
    /// <exception cref="ProtocolException">It is malformed or a signature is wrong.</exception>
    public static ServerDescriptor Parse(ReadOnlySpan<byte> document) => ServerDescriptorParser.Parse(document);

    /// <summary>The document's text.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Bytes.Span);
}
