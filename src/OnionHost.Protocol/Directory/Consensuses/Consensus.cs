using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>
/// What the authorities agreed on (dir-spec 3.4.1, 3.9): which relays there are, and the network's parameters.
/// Parsed, not verified: count its signatures with <see cref="Voting.ConsensusVerifier"/>.
/// </summary>
public sealed class Consensus
{
    internal Consensus()
    {
    }

    /// <summary>Which document it is.</summary>
    public required ConsensusFlavor Flavor { get; init; }

    /// <summary>The method it was computed with (dir-spec 3.8.1).</summary>
    public required int Method { get; init; }

    /// <summary>From when on it is meant to be used.</summary>
    public required DateTimeOffset ValidAfter { get; init; }

    /// <summary>Until when there is nothing newer.</summary>
    public required DateTimeOffset FreshUntil { get; init; }

    /// <summary>Until when it may be used.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>How long the authorities take to collect votes, whole seconds.</summary>
    public required TimeSpan VoteDelay { get; init; }

    /// <summary>How long the authorities take to collect signatures, whole seconds.</summary>
    public required TimeSpan DistributionDelay { get; init; }

    /// <summary>The versions that clients should run, comma separated; empty if nobody said.</summary>
    public required string ClientVersions { get; init; }

    /// <summary>The versions that relays should run, comma separated; empty if nobody said.</summary>
    public required string ServerVersions { get; init; }

    /// <summary>Names of all flags that could have been given.</summary>
    public required IReadOnlyList<string> KnownFlags { get; init; }

    /// <summary>Subprotocols whose absence makes a client warn its user.</summary>
    public required ProtocolVersions RecommendedClientProtocols { get; init; }

    /// <summary>Subprotocols whose absence makes a relay warn its operator.</summary>
    public required ProtocolVersions RecommendedRelayProtocols { get; init; }

    /// <summary>Subprotocols without which a client stops.</summary>
    public required ProtocolVersions RequiredClientProtocols { get; init; }

    /// <summary>Subprotocols without which a relay stops.</summary>
    public required ProtocolVersions RequiredRelayProtocols { get; init; }

    /// <summary>The network's parameters.</summary>
    public required NetworkParameters Parameters { get; init; }

    /// <summary>The shared random value of this protocol run, 32 bytes; null if there is none (srv-spec 4).</summary>
    public byte[]? SharedRandomCurrent => SharedRandomCurrentValue?.Value.ToArray();

    /// <summary>The shared random value of the run before, 32 bytes; null if there is none.</summary>
    public byte[]? SharedRandomPrevious => SharedRandomPreviousValue?.Value.ToArray();

    /// <summary>Like <see cref="SharedRandomCurrent"/>, with the number of its reveals.</summary>
    public required SharedRandom.SharedRandomValue? SharedRandomCurrentValue { get; init; }

    /// <summary>Like <see cref="SharedRandomPrevious"/>, with the number of its reveals.</summary>
    public required SharedRandom.SharedRandomValue? SharedRandomPreviousValue { get; init; }

    /// <summary>The authorities whose votes went in, ordered by identity.</summary>
    public required IReadOnlyList<ConsensusAuthority> Authorities { get; init; }

    /// <summary>The relays, ordered by fingerprint.</summary>
    public required IReadOnlyList<ConsensusRelay> Relays { get; init; }

    /// <summary>How to balance bandwidth; null if the consensus does not say.</summary>
    public required BandwidthWeights? BandwidthWeights { get; init; }

    /// <summary>The signatures under it, not verified, ordered as they stand.</summary>
    public required IReadOnlyList<DirectorySignature> Signatures { get; init; }

    /// <summary>The whole document, signatures included.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>The part of <see cref="Document"/> that the signatures cover.</summary>
    public required ReadOnlyMemory<byte> SignedPart { get; init; }

    /// <summary>The whole document as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Document.Span);

    /// <summary>SHA-1 of the signed part, 20 bytes.</summary>
    public required Digest160 Sha1 { get; init; }

    /// <summary>SHA-256 of the signed part, 32 bytes.</summary>
    public required Digest256 Sha256 { get; init; }

    /// <summary>Reads a consensus of either flavour from its text.</summary>
    /// <exception cref="ProtocolException">It breaks the format; the message says where.</exception>
    public static Consensus Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads a consensus of either flavour from its bytes, which must not change afterwards.</summary>
    /// <exception cref="ProtocolException">It breaks the format; the message says where.</exception>
    public static Consensus Parse(ReadOnlyMemory<byte> document) => ConsensusReader.Read(document);
}
