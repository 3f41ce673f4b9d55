using System.Globalization;
using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.SharedRandom;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Writes and signs a vote (dir-spec 3.4.1).</summary>
public static class VoteWriter
{
    private const string Space = " ";

    /// <summary>The signed vote.</summary>
    /// <param name="content">What it says; the relays and flags must be in order.</param>
    /// <param name="signingKey">The key that the content's certificate vouches for.</param>
    /// <exception cref="ProtocolException">The content would be refused by every reader.</exception>
    public static Vote Sign(VoteContent content, RsaKeyPair signingKey)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(signingKey);
        var writer = new DocumentWriter();
        WriteHeader(writer, content);
        WriteProtocols(writer, content);
        WriteFlags(writer, content);
        WriteSource(writer, content);
        foreach (var relay in content.Relays)
        {
            WriteRelay(writer, relay);
        }

        writer.Line("directory-footer").Raw("directory-signature ");
        var signature = signingKey.SignRaw(SHA1.HashData(writer.ToBytes()));
        writer.Raw($"{content.Source.Identity} {signingKey.Public.Fingerprint}\n").Object("SIGNATURE", signature);
        return Vote.Parse(writer.ToBytes());
    }

    private static void WriteHeader(DocumentWriter writer, VoteContent content)
    {
        writer.Line("network-status-version", "3")
            .Line("vote-status", "vote")
            .Line("consensus-methods", string.Join(Space, content.Methods))
            .Line("published", DocumentTime.Format(content.Published))
            .Line("valid-after", DocumentTime.Format(content.ValidAfter))
            .Line("fresh-until", DocumentTime.Format(content.FreshUntil))
            .Line("valid-until", DocumentTime.Format(content.ValidUntil))
            .Line("voting-delay", Seconds(content.VoteDelay), Seconds(content.DistributionDelay));
        WriteOptional(writer, "client-versions", content.ClientVersions);
        WriteOptional(writer, "server-versions", content.ServerVersions);
    }

    private static void WriteProtocols(DocumentWriter writer, VoteContent content)
    {
        WriteOptional(writer, "recommended-relay-protocols", content.RecommendedRelayProtocols?.ToString());
        WriteOptional(writer, "recommended-client-protocols", content.RecommendedClientProtocols?.ToString());
        WriteOptional(writer, "required-relay-protocols", content.RequiredRelayProtocols?.ToString());
        WriteOptional(writer, "required-client-protocols", content.RequiredClientProtocols?.ToString());
    }

    private static void WriteFlags(DocumentWriter writer, VoteContent content)
    {
        writer.Line("known-flags", string.Join(Space, content.KnownFlags));
        WriteOptional(writer, "flag-thresholds", content.FlagThresholds);
        if (content.Parameters.Values.Count > 0)
        {
            writer.Line("params", content.Parameters.ToString());
        }
    }

    private static void WriteSource(DocumentWriter writer, VoteContent content)
    {
        StatusWriter.Authority(writer, content.Source);
        writer.Line("contact", content.Source.Contact);
        if (content.SharedRandomParticipates)
        {
            writer.Line("shared-rand-participate");
            foreach (var commit in content.SharedRandomCommits)
            {
                writer.Line("shared-rand-commit", commit.Format(IsRevealPhase(content)));
            }
        }

        StatusWriter.SharedRandom(writer, content.SharedRandomPrevious, content.SharedRandomCurrent);
        WriteOptional(writer, "legacy-dir-key", content.LegacyIdentity?.ToString());
        writer.Raw(content.Certificate.ToString());
    }

    private static bool IsRevealPhase(VoteContent content) =>
        SharedRandomSchedule.PhaseAt(content.ValidAfter, content.FreshUntil - content.ValidAfter) == SharedRandomPhase.Reveal;

    private static void WriteRelay(DocumentWriter writer, VoteRelay relay)
    {
        var router = new RouterLine(
            relay.Nickname, relay.Fingerprint, relay.DescriptorDigest, relay.Published, relay.Address, relay.OrPort, relay.DirPort);
        writer.Line("r", router.ToString());
        WriteOptional(writer, "a", relay.Ipv6?.ToString());
        StatusWriter.Flags(writer, relay.Flags);
        WriteOptional(writer, "v", relay.Version);
        writer.Line("pr", relay.Protocols);
        if (relay.Bandwidth is { } bandwidth)
        {
            var measured = relay.Measured is { } value ? string.Create(CultureInfo.InvariantCulture, $" Measured={value}") : string.Empty;
            writer.Line("w", string.Create(CultureInfo.InvariantCulture, $"Bandwidth={bandwidth}{measured}"));
        }

        WriteOptional(writer, "p", relay.Policy);
        if (relay.ListsEd25519)
        {
            writer.Line("id", "ed25519", relay.Ed25519?.ToString() ?? "none");
        }

        foreach (var (methods, digest) in relay.Microdescriptors)
        {
            writer.Line("m", string.Join(',', methods), $"sha256={digest}");
        }
    }

    private static void WriteOptional(DocumentWriter writer, string keyword, string? text)
    {
        if (text is not null)
        {
            writer.Line(keyword, text);
        }
    }

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
