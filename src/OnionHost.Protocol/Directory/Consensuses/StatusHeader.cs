using OnionHost.Protocol.Directory.SharedRandom;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>The header lines that votes and consensuses share (dir-spec 3.4.1).</summary>
internal static class StatusHeader
{
    /// <summary>The most flags that a document may know.</summary>
    public const int MaximumFlags = 64;

    private const int ShortestDelay = 2;
    private const int LongestDelay = 86400;

    /// <summary>The intervals of 10 s that test networks use are the shortest that work.</summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(10);

    /// <summary>Reads valid-after, fresh-until and valid-until, which must leave a minimal interval between them.</summary>
    public static (DateTimeOffset ValidAfter, DateTimeOffset FreshUntil, DateTimeOffset ValidUntil) Times(DocumentSection header)
    {
        var (after, fresh, until) = (header.One("valid-after").Time(0), header.One("fresh-until").Time(0), header.One("valid-until").Time(0));
        return fresh - after >= ShortestInterval && until - fresh >= ShortestInterval
            ? (after, fresh, until)
            : throw new ProtocolException("The times of a network status are in no sensible order.");
    }

    /// <summary>Reads voting-delay, both halves in whole seconds.</summary>
    public static (TimeSpan Vote, TimeSpan Distribution) Delays(DocumentSection header)
    {
        var line = header.One("voting-delay");
        return (TimeSpan.FromSeconds(line.Number(0, ShortestDelay, LongestDelay)), TimeSpan.FromSeconds(line.Number(1, ShortestDelay, LongestDelay)));
    }

    /// <summary>Reads known-flags, which must be sorted.</summary>
    public static IReadOnlyList<string> KnownFlags(DocumentSection header)
    {
        var line = header.One("known-flags");
        for (var i = 1; i < line.Arguments.Length; i++)
        {
            if (string.CompareOrdinal(line.Arguments[i - 1], line.Arguments[i]) >= 0)
            {
                throw line.Fault("is not in order");
            }
        }

        return line.Arguments.Length <= MaximumFlags ? line.Arguments : throw line.Fault($"names more than {MaximumFlags} flags");
    }

    /// <summary>Reads the parameters; none if there is no such line.</summary>
    public static NetworkParameters Parameters(DocumentSection header) =>
        header.Optional("params") is { } line ? NetworkParameters.Parse(line.Arguments) : NetworkParameters.Empty;

    /// <summary>Reads a list of subprotocols; null if there is no such line.</summary>
    public static ProtocolVersions? Protocols(DocumentSection header, string keyword) =>
        header.Optional(keyword) is { } line ? ProtocolVersions.Parse(line.ArgumentText) : null;

    /// <summary>Reads a shared random value; null if there is no such line.</summary>
    public static SharedRandomValue? SharedRandom(DocumentSection header, string keyword) =>
        header.Optional(keyword) is { } line ? SharedRandomValue.Parse(line.Arguments) : null;

    /// <summary>Reads <c>dir-source</c> with what belongs to it.</summary>
    public static ConsensusAuthority Authority(DocumentItem source, string contact, Digest160? voteDigest) =>
        new(
            source.Argument(0),
            RelayFingerprint.Parse(source.Argument(1)),
            source.Argument(2),
            source.IPv4(3),
            source.Port(4),
            source.Port(5),
            contact,
            voteDigest);
}
