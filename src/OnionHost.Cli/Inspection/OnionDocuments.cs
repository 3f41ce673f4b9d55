using OnionHost.Dht.Descriptors;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Dialing;

namespace OnionHost.Cli.Inspection;

/// <summary>Explains onion services' descriptors: what everybody sees, and with the address also what visitors see.</summary>
internal static class OnionDocuments
{
    private const int UsualMinutes = 1440;
    private const int PeriodsAround = 3;

    /// <summary>A descriptor (rend-spec-v3 2.4).</summary>
    public static DocumentReport Descriptor(ReadOnlyMemory<byte> text, InspectionContext context)
    {
        var outer = DescriptorDecoder.ReadOuter(text, context.Now);
        var report = new DocumentReport("onion service's descriptor")
            .Say("blindedKey", outer.Key.ToString())
            .Say("revision", outer.Revision)
            .Say("lifetimeMinutes", outer.Lifetime.TotalMinutes)
            .Say("encryptedBytes", outer.Encrypted.Length)
            .Check("signed by a key that the blinded identity certifies", true);
        if (context.OnionHost is not { } host)
        {
            return report.Check("introduction points: needs the address (--onion ADDRESS.onion, or COOKIE.ADDRESS.onion)", null);
        }

        var name = OnionHostName.Parse(host);
        if (Period(outer.Key, name.Address, context) is not { } period)
        {
            return report.Check($"of {name.Address} in a time period around now", false);
        }

        using var key = name.Cookie?.DescriptorKey();
        var content = DescriptorDecoder.Decode(text, name.Address, period, key, context.Now).Content;
        return report
            .Say("period", period.Number)
            .Say("periodMinutes", period.LengthMinutes)
            .Say("requiresProofOfCookie", content.RequiresIntroductionAuth)
            .Say("isSingleOnion", content.IsSingleOnion)
            .Say("offersCongestionControl", content.FlowControl is not null)
            .Say("offersProofOfWork", content.ProofOfWork is not null)
            .Say("introductionPoints", content.IntroductionPoints.Select(point => $"auth key {point.AuthKey}, onion key {point.OnionKey}").ToArray())
            .Check($"of {name.Address}, and both layers open", true);
    }

    /// <summary>The period whose blinded key it is: found by trying those around now.</summary>
    private static TimePeriod? Period(BlindedKey key, OnionAddress address, InspectionContext context)
    {
        var lengths = new[] { context.Network?.Parameters.GetValueOrDefault("hsdir_interval") ?? 0, UsualMinutes }.Where(minutes => minutes > 0).Distinct();
        foreach (var minutes in lengths)
        {
            var now = context.Now.ToUnixTimeSeconds() / 60 / minutes;
            for (var number = Math.Max(0, now - PeriodsAround); number <= now + PeriodsAround; number++)
            {
                var period = new TimePeriod((ulong)number, (uint)minutes);
                if (KeyBlinding.BlindPublic(address.Identity, period) == key)
                {
                    return period;
                }
            }
        }

        return null;
    }
}
