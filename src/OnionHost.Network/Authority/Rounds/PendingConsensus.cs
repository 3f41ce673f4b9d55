using System.Collections.Immutable;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>A computed consensus in both flavours, and the signatures under it so far (dir-spec 3.10). Safe for concurrent use.</summary>
internal sealed class PendingConsensus
{
    private readonly Dictionary<RelayFingerprint, AuthorityCertificate> _certificates;
    private readonly SortedDictionary<RelayFingerprint, DirectorySignature> _ns = [];
    private readonly SortedDictionary<RelayFingerprint, DirectorySignature> _microdesc = [];
    private readonly Lock _lock = new();
    private readonly string _nsText;
    private readonly string _microdescText;
    private readonly DetachedSignatures _empty;

    private PendingConsensus(ImmutableArray<Vote> votes, string ns, string microdesc)
    {
        _certificates = votes.ToDictionary(v => v.Voter, v => v.Content.Certificate);
        (_nsText, _microdescText) = (ns, microdesc);
        _empty = new DetachedSignatures
        {
            Digest = new Digest160(ConsensusSigner.Digest(ns, ConsensusFlavor.Ns)),
            MicrodescDigest = new Digest256(ConsensusSigner.Digest(microdesc, ConsensusFlavor.Microdesc)),
            ValidAfter = LowMedian.Of(votes.Select(v => v.Content.ValidAfter)),
            FreshUntil = LowMedian.Of(votes.Select(v => v.Content.FreshUntil)),
            ValidUntil = LowMedian.Of(votes.Select(v => v.Content.ValidUntil)),
        };
    }

    /// <summary>The authorities whose signatures are there, under both flavours.</summary>
    public ImmutableArray<RelayFingerprint> Signers
    {
        get
        {
            lock (_lock)
            {
                return [.. _ns.Keys.Where(_microdesc.ContainsKey)];
            }
        }
    }

    /// <summary>The authorities that voted and did not sign yet.</summary>
    public ImmutableArray<RelayFingerprint> Missing => [.. _certificates.Keys.Except(Signers).Order()];

    /// <summary>SHA-1 of the ns flavour.</summary>
    public Digest160 Digest => _empty.Digest;

    /// <summary>Computes both flavours and signs them.</summary>
    public static PendingConsensus Compute(ImmutableArray<Vote> votes, int authorities, bool sharedRandomIsFresh, AuthorityKeys keys)
    {
        var consensus = new PendingConsensus(
            votes,
            ConsensusBuilder.Build(votes, authorities, ConsensusFlavor.Ns, sharedRandomIsFresh),
            ConsensusBuilder.Build(votes, authorities, ConsensusFlavor.Microdesc, sharedRandomIsFresh));
        consensus._ns[keys.Identity] = ConsensusSigner.Sign(consensus._nsText, ConsensusFlavor.Ns, keys.Identity, keys.Signing);
        consensus._microdesc[keys.Identity] = ConsensusSigner.Sign(consensus._microdescText, ConsensusFlavor.Microdesc, keys.Identity, keys.Signing);
        return consensus;
    }

    /// <summary>Takes another authority's signatures; only valid ones of voters count.</summary>
    public VoteReply Add(DetachedSignatures signatures)
    {
        if (signatures.Digest != _empty.Digest
            || (signatures.MicrodescDigest is { } digest && digest != _empty.MicrodescDigest))
        {
            return VoteReply.Refused("Mismatched digest.");
        }

        if ((signatures.ValidAfter, signatures.FreshUntil, signatures.ValidUntil) != (_empty.ValidAfter, _empty.FreshUntil, _empty.ValidUntil))
        {
            return VoteReply.Refused("Times do not match");
        }

        foreach (var signature in signatures.Signatures)
        {
            Add(_ns, signature, _empty.Digest.Span);
        }

        foreach (var signature in signatures.MicrodescSignatures)
        {
            Add(_microdesc, signature, _empty.MicrodescDigest!.Value.Span);
        }

        return VoteReply.Taken("Signatures added");
    }

    /// <summary>All signatures that are there, or those of one authority.</summary>
    public DetachedSignatures Detached(RelayFingerprint? only = null)
    {
        lock (_lock)
        {
            return _empty with
            {
                Signatures = [.. _ns.Values.Where(s => only is null || s.Identity == only)],
                MicrodescSignatures = [.. _microdesc.Values.Where(s => only is null || s.Identity == only)],
            };
        }
    }

    /// <summary>A flavour with the signatures so far.</summary>
    public string Text(ConsensusFlavor flavor)
    {
        lock (_lock)
        {
            return flavor == ConsensusFlavor.Ns
                ? ConsensusSigner.Attach(_nsText, flavor, _ns.Values)
                : ConsensusSigner.Attach(_microdescText, flavor, _microdesc.Values);
        }
    }

    private void Add(SortedDictionary<RelayFingerprint, DirectorySignature> known, DirectorySignature signature, ReadOnlySpan<byte> digest)
    {
        lock (_lock)
        {
            if (!known.ContainsKey(signature.Identity)
                && _certificates.TryGetValue(signature.Identity, out var certificate)
                && certificate.SigningKeyDigest == signature.SigningKeyDigest
                && certificate.SigningKey.VerifyRaw(signature.Signature.Span, digest))
            {
                known[signature.Identity] = signature;
            }
        }
    }
}
