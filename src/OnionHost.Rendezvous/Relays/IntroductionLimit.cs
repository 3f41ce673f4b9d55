using System.Collections.Immutable;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Relays;

/// <summary>
/// How many introductions a service gets at most: what it asks for in extension 1 of ESTABLISH_INTRO, else what the consensus says
/// (rend-spec-v3 3.1.1.1).
/// </summary>
/// <param name="Rate">Introductions a second.</param>
/// <param name="Burst">Introductions at once.</param>
internal readonly record struct IntroductionLimit(uint Rate, uint Burst)
{
    private const byte ExtensionType = 1;
    private const byte RateKind = 1;
    private const byte BurstKind = 2;

    /// <summary>What the consensus says; null for no limit, which is its default.</summary>
    public static IntroductionLimit? Of(NetworkParameters parameters) =>
        parameters.GetInt("HiddenServiceEnableIntroDoSDefense", 0, 0, 1) == 0
            ? null
            : Of((ulong)parameters.GetInt("HiddenServiceEnableIntroDoSRatePerSec", 25, 0), (ulong)parameters.GetInt("HiddenServiceEnableIntroDoSBurstPerSec", 200, 0));

    /// <summary>True if the service decides; <paramref name="limit"/> is null if it wants none, or one that makes no sense.</summary>
    public static bool TryRead(ImmutableArray<IntroduceExtension> extensions, out IntroductionLimit? limit)
    {
        foreach (var extension in extensions)
        {
            if (extension.Type == ExtensionType)
            {
                return TryRead(extension.Body.Span, out limit);
            }
        }

        limit = null;
        return false;
    }

    private static bool TryRead(ReadOnlySpan<byte> body, out IntroductionLimit? limit)
    {
        ulong rate = 0, burst = 0;
        limit = null;
        try
        {
            var reader = new SpanReader(body);
            for (var count = reader.ReadByte(); count > 0; count--)
            {
                var kind = reader.ReadByte();
                var value = reader.ReadUInt64();
                (rate, burst) = kind switch
                {
                    RateKind => (value, burst),
                    BurstKind => (rate, value),
                    _ => throw new ProtocolException($"An introduction limit has the unknown parameter {kind}."),
                };
            }
        }
        catch (ProtocolException)
        {
            return false; // The service stays reachable, as if it had asked for nothing.
        }

        limit = Of(rate, burst);
        return true;
    }

    private static IntroductionLimit? Of(ulong rate, ulong burst) =>
        rate is > 0 and <= int.MaxValue && burst is > 0 and <= int.MaxValue && burst >= rate ? new IntroductionLimit((uint)rate, (uint)burst) : null;
}
