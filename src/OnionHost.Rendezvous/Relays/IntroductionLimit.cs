using System.Collections.Immutable;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Relays;

/// <summary>How many introductions a service wants to get at most: extension 1 of ESTABLISH_INTRO (rend-spec-v3 3.1.1.1).</summary>
/// <param name="Rate">Introductions a second.</param>
/// <param name="Burst">Introductions at once.</param>
internal readonly record struct IntroductionLimit(uint Rate, uint Burst)
{
    private const byte ExtensionType = 1;
    private const byte RateKind = 1;
    private const byte BurstKind = 2;

    /// <summary>Reads it from the extensions; null if there is none, or if it asks for nothing that makes sense.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static IntroductionLimit? Read(ImmutableArray<IntroduceExtension> extensions)
    {
        ulong rate = 0, burst = 0;
        foreach (var extension in extensions)
        {
            if (extension.Type != ExtensionType)
            {
                continue;
            }

            var reader = new SpanReader(extension.Body.Span);
            for (var count = reader.ReadByte(); count > 0; count--)
            {
                var kind = reader.ReadByte();
                var value = reader.ReadUInt64();
                (rate, burst) = kind switch { RateKind => (value, burst), BurstKind => (rate, value), _ => (rate, burst) };
            }
        }

        return rate is > 0 and <= int.MaxValue && burst is > 0 and <= int.MaxValue && burst >= rate
            ? new IntroductionLimit((uint)rate, (uint)burst)
            : null;
    }
}
