using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>The paths of directory documents (dir-spec 6.2).</summary>
internal static class DirectoryPaths
{
    /// <summary>How many documents to ask for at once; a URL with so many digests still fits where stock takes it.</summary>
    public const int DocumentsPerRequest = 90;

    private const int PrefixDigits = 6;

    /// <summary>The newest consensus, if enough of the authorities signed it.</summary>
    public static string Consensus(ConsensusFlavor flavor, IEnumerable<RelayFingerprint> trusted) =>
        $"/tor/status-vote/current/consensus{(flavor == ConsensusFlavor.Microdesc ? "-microdesc" : string.Empty)}/"
        + string.Join('+', trusted.Order().Select(t => t.ToString()[..PrefixDigits]));

    /// <summary>The newest certificates of authorities.</summary>
    public static string Certificates(IEnumerable<RelayFingerprint> authorities) => "/tor/keys/fp/" + string.Join('+', authorities.Order());

    /// <summary>The certificates of certain signing keys.</summary>
    public static string Certificates(IEnumerable<(RelayFingerprint Authority, Digest160 SigningKey)> keys) =>
        "/tor/keys/fp-sk/" + string.Join('+', keys.Select(k => $"{k.Authority}-{k.SigningKey}"));

    /// <summary>Microdescriptors.</summary>
    public static string Microdescriptors(IEnumerable<Digest256> digests) => "/tor/micro/d/" + string.Join('-', digests);

    /// <summary>Server descriptors.</summary>
    public static string Descriptors(IEnumerable<Digest160> digests) => "/tor/server/d/" + string.Join('+', digests);
}
