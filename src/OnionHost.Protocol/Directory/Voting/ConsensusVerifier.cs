using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Verifies the signatures under a consensus (dir-spec 5.1): more than half of the trusted authorities must have signed.</summary>
public static class ConsensusVerifier
{
    /// <summary>How many different authorities signed validly.</summary>
    /// <param name="consensus">The consensus.</param>
    /// <param name="certificates">Live certificates of the authorities that the caller trusts; several of one authority count once.</param>
    public static int CountGood(Consensus consensus, IEnumerable<AuthorityCertificate> certificates) => GoodSigners(consensus, certificates).Count;

    /// <summary>The authorities that signed validly.</summary>
    /// <param name="consensus">The consensus.</param>
    /// <param name="certificates">Live certificates of the authorities that the caller trusts.</param>
    public static IReadOnlySet<RelayFingerprint> GoodSigners(Consensus consensus, IEnumerable<AuthorityCertificate> certificates)
    {
        ArgumentNullException.ThrowIfNull(consensus);
        ArgumentNullException.ThrowIfNull(certificates);
        var known = certificates.DistinctBy(c => (c.Identity, c.SigningKeyDigest)).ToDictionary(c => (c.Identity, c.SigningKeyDigest));
        var good = new HashSet<RelayFingerprint>();
        foreach (var signature in consensus.Signatures)
        {
            // At most one verification for each certificate: a document cannot make its reader work without bound.
            if (!good.Contains(signature.Identity)
                && known.Remove((signature.Identity, signature.SigningKeyDigest), out var certificate)
                && IsGood(consensus, signature, certificate))
            {
                good.Add(signature.Identity);
            }
        }

        return good;
    }

    private static bool IsGood(Consensus consensus, DirectorySignature signature, AuthorityCertificate certificate) =>
        (consensus.Flavor, signature.Algorithm) switch
        {
            (ConsensusFlavor.Ns, "sha1") => certificate.SigningKey.VerifyRaw(signature.Signature.Span, consensus.Sha1.Span),
            (ConsensusFlavor.Microdesc, "sha256") => certificate.SigningKey.VerifyRaw(signature.Signature.Span, consensus.Sha256.Span),
            _ => false,
        };
}
