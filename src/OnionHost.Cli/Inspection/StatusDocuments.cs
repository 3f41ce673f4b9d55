using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;
using Consensuses = OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Cli.Inspection;

/// <summary>Explains what authorities publish: certificates, votes, consensuses.</summary>
internal static class StatusDocuments
{
    /// <summary>An authority's certificate (dir-spec 3.1). Reading verifies its signatures.</summary>
    public static DocumentReport Certificate(ReadOnlyMemory<byte> text, InspectionContext context)
    {
        var certificate = AuthorityCertificate.Parse(text.Span);
        var report = new DocumentReport("authority's certificate")
            .Say("v3ident", certificate.Identity.ToString())
            .Say("signingKeyDigest", certificate.SigningKeyDigest.ToString())
            .Say("published", certificate.Published.ToString("u"))
            .Say("expires", certificate.Expires.ToString("u"))
            .Say("address", certificate.Address?.ToString())
            .Check("the identity key certifies the signing key, and the other way round", true)
            .Check("valid now", certificate.IsLive(context.Now));
        return context.Network is { } network
            ? report.Check("one of the network's authorities", network.Authorities.Any(authority => authority.V3Identity == certificate.Identity))
            : report;
    }

    /// <summary>A vote (dir-spec 3.4.1). Reading verifies its signature with the certificate in it.</summary>
    public static DocumentReport Vote(ReadOnlyMemory<byte> text, InspectionContext context)
    {
        var vote = Protocol.Directory.Voting.Vote.Parse(text);
        var content = vote.Content;
        var report = new DocumentReport("vote")
            .Say("authority", content.Source.Nickname)
            .Say("v3ident", vote.Voter.ToString())
            .Say("contact", content.Source.Contact)
            .Say("validAfter", content.ValidAfter.ToString("u"))
            .Say("freshUntil", content.FreshUntil.ToString("u"))
            .Say("validUntil", content.ValidUntil.ToString("u"))
            .Say("relays", content.Relays.Length)
            .Say("running", content.Relays.Count(relay => relay.Flags.Contains("Running")))
            .Say("clientVersions", content.ClientVersions)
            .Say("serverVersions", content.ServerVersions)
            .Say("parameters", content.Parameters.ToString())
            .Say("digest", vote.Digest.ToString())
            .Check("signed by the key in its certificate", true);
        return context.Network is { } network
            ? report.Check("one of the network's authorities", network.Authorities.Any(authority => authority.V3Identity == vote.Voter))
            : report;
    }

    /// <summary>A consensus (dir-spec 3.8) of either flavour.</summary>
    public static DocumentReport Consensus(ReadOnlyMemory<byte> text, InspectionContext context)
    {
        var consensus = Consensuses.Consensus.Parse(text);
        var report = new DocumentReport(consensus.Flavor == Consensuses.ConsensusFlavor.Microdesc ? "consensus (microdescriptor flavour)" : "consensus")
            .Say("method", consensus.Method)
            .Say("validAfter", consensus.ValidAfter.ToString("u"))
            .Say("freshUntil", consensus.FreshUntil.ToString("u"))
            .Say("validUntil", consensus.ValidUntil.ToString("u"))
            .Say("relays", consensus.Relays.Count)
            .Say("flags", Flags(consensus))
            .Say("authorities", consensus.Authorities.Select(authority => $"{authority.Nickname} {authority.Identity}").ToArray())
            .Say("clientVersions", consensus.ClientVersions)
            .Say("serverVersions", consensus.ServerVersions)
            .Say("parameters", consensus.Parameters.ToString())
            .Say("sharedRandom", consensus.SharedRandomCurrent is { } value ? Convert.ToBase64String(value) : null)
            .Say("bandwidthWeights", consensus.BandwidthWeights?.ToString())
            .Say("signatures", consensus.Signatures.Count)
            .Check("valid now", consensus.ValidAfter <= context.Now && context.Now <= consensus.ValidUntil);
        CheckSignatures(report, consensus, context);
        return report;
    }

    private static void CheckSignatures(DocumentReport report, Consensuses.Consensus consensus, InspectionContext context)
    {
        HashSet<RelayFingerprint> trusted = [.. context.Network?.Authorities.Select(authority => authority.V3Identity) ?? consensus.Authorities.Select(authority => authority.Identity)];
        var certificates = context.Certificates.Where(certificate => trusted.Contains(certificate.Identity)).ToList();
        if (certificates.Count == 0)
        {
            report.Check("signatures: needs the authorities' certificates (--certificates; a directory serves them at /tor/keys/all)", null);
            return;
        }

        var good = ConsensusVerifier.GoodSigners(consensus, certificates);
        report.Check(
            $"signed by {good.Count} of the {trusted.Count} authorities {(context.Network is null ? "that it names" : "of the network")}, and more than half are needed",
            good.Count * 2 > trusted.Count);
    }

    private static string[] Flags(Consensuses.Consensus consensus) =>
        [.. RelayFlagNames.All.Select(name => (Name: name, Count: consensus.Relays.Count(relay => RelayFlagNames.TryParse(name, out var flag) && (relay.Flags & flag) != 0)))
            .Where(flag => flag.Count > 0).Select(flag => $"{flag.Name} {flag.Count}")];
}
