using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Periods;

/// <summary>For what time a descriptor is made: its period, and the shared random value that orders the directories.</summary>
/// <param name="Period">Decides the blinded key.</param>
/// <param name="SharedRandom">Decides the ring, 32 bytes.</param>
internal readonly record struct DescriptorSlot(TimePeriod Period, Digest256 SharedRandom)
{
    /// <summary>The slot with the value that the consensus has, or with the disaster value if it has none (rend-spec-v3 2.2.4.3).</summary>
    public static DescriptorSlot For(TimePeriod period, byte[]? sharedRandom) =>
        new(period, sharedRandom is null ? DisasterValue(period) : new Digest256(sharedRandom));

    /// <summary>What stands for a shared random value that the authorities failed to agree on.</summary>
    public static Digest256 DisasterValue(TimePeriod period)
    {
        Span<byte> digest = stackalloc byte[Digest256.Size];
        using var hasher = new Sha3Hasher();
        hasher.Append("shared-random-disaster"u8).AppendUInt64(period.LengthMinutes).AppendUInt64(period.Number).Finish(digest);
        return new Digest256(digest);
    }
}
