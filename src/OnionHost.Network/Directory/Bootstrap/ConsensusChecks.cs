using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>Decides whether a consensus may be used: who signed it, and whether its time is about now (dir-spec 5.1).</summary>
internal sealed class ConsensusChecks(IReadOnlyList<DirectoryAuthority> authorities)
{
    /// <summary>A consensus is still used for so long after its end, or taken so long before its start.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromDays(1);

    private readonly HashSet<RelayFingerprint> _trusted = [.. authorities.Select(a => a.V3Identity)];

    /// <summary>The authorities whose signatures count.</summary>
    public IReadOnlySet<RelayFingerprint> Trusted => _trusted;

    /// <summary>Throws unless the consensus's time is within a day of now.</summary>
    /// <exception cref="TorException">The clock is wrong, or the consensus too old.</exception>
    public static void CheckTime(Consensus consensus, DateTimeOffset now)
    {
        if (now < consensus.ValidAfter - Tolerance)
        {
            throw DirectoryFaults.FromTheFuture(consensus, now);
        }

        if (now > consensus.ValidUntil + Tolerance)
        {
            throw DirectoryFaults.Expired(consensus);
        }
    }

    /// <summary>The signing keys of trusted authorities under the consensus that have no live certificate here.</summary>
    public IReadOnlyList<(RelayFingerprint Authority, Digest160 SigningKey)> MissingCertificates(Consensus consensus, DirectoryStore store, DateTimeOffset now) =>
        [.. consensus.Signatures
            .Where(s => _trusted.Contains(s.Identity) && store.Certificate(s.Identity, s.SigningKeyDigest)?.IsLive(now) != true)
            .Select(s => (s.Identity, s.SigningKeyDigest)).Distinct()];

    /// <summary>True if more than half of the trusted authorities signed validly.</summary>
    public bool IsSigned(Consensus consensus, DirectoryStore store, DateTimeOffset now) => CountGood(consensus, store, now) * 2 > _trusted.Count;

    /// <summary>Throws unless more than half of the trusted authorities signed validly.</summary>
    /// <exception cref="TorException">They did not.</exception>
    public void CheckSignatures(Consensus consensus, DirectoryStore store, DateTimeOffset now)
    {
        var good = CountGood(consensus, store, now);
        if (good * 2 <= _trusted.Count)
        {
            var signers = consensus.Signatures.Select(s => s.Identity).Distinct().Count(_trusted.Contains);
            throw DirectoryFaults.NotEnoughSignatures(good, _trusted.Count, signers);
        }
    }

    private int CountGood(Consensus consensus, DirectoryStore store, DateTimeOffset now) =>
        ConsensusVerifier.CountGood(consensus, LiveCertificates(store, now));

    private IEnumerable<AuthorityCertificate> LiveCertificates(DirectoryStore store, DateTimeOffset now) =>
        store.Certificates.Where(c => _trusted.Contains(c.Identity) && c.IsLive(now));
}
