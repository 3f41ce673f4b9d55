using OnionHost.Dht.Periods;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Ring;

/// <summary>
/// The relays that keep descriptors, in the order of one slot (rend-spec-v3 2.2.3). Which of them hold a service's descriptor changes
/// with every period and cannot be foretold before the shared random value is known.
/// </summary>
internal sealed class HsDirRing
{
    private readonly Digest256[] _indexes;
    private readonly HsDir[] _directories;

    public HsDirRing(IEnumerable<HsDir> directories, DescriptorSlot slot)
    {
        Slot = slot;
        _directories = [.. directories];
        _indexes = [.. _directories.Select(directory => DirectoryIndex(directory.Identity, slot))];
        Array.Sort(_indexes, _directories);
    }

    /// <summary>The slot whose order this is.</summary>
    public DescriptorSlot Slot { get; }

    /// <summary>How many relays are on the ring.</summary>
    public int Count => _directories.Length;

    /// <summary>The relays of a consensus that keep descriptors: those with the flag HSDir, an Ed25519 identity and the subprotocol HSDir=2.</summary>
    public static IReadOnlyList<HsDir> DirectoriesOf(NetworkView view) =>
    [
        .. view.Relays
            .Where(relay => relay.Has(RelayFlags.HSDir) && relay.Identity is not null && relay.Status.Protocols.Supports("HSDir", 2))
            .Select(relay => new HsDir(relay.Identity!.Value, relay.ToHop())),
    ];

    /// <summary>
    /// The relays responsible for a key: for each replica the next <paramref name="spread"/> relays on the ring that no earlier replica
    /// has taken. Fewer where the ring is small.
    /// </summary>
    public IReadOnlyList<HsDir> Responsible(in BlindedKey key, int replicas, int spread)
    {
        var chosen = new List<HsDir>(replicas * spread);
        for (var replica = 1; replica <= replicas; replica++)
        {
            var found = Array.BinarySearch(_indexes, ServiceIndex(key, (ulong)replica, Slot.Period));
            var start = found >= 0 ? found : ~found;
            var taken = 0;
            for (var step = 0; step < _directories.Length && taken < spread; step++)
            {
                var candidate = _directories[(start + step) % _directories.Length];
                if (!chosen.Contains(candidate))
                {
                    chosen.Add(candidate);
                    taken++;
                }
            }
        }

        return chosen;
    }

    /// <summary>A relay's place on the ring.</summary>
    internal static Digest256 DirectoryIndex(in Ed25519Identity identity, DescriptorSlot slot)
    {
        Span<byte> index = stackalloc byte[Digest256.Size];
        new Sha3Hasher()
            .Append("node-idx"u8)
            .Append(identity.Span)
            .Append(slot.SharedRandom.Span)
            .AppendUInt64(slot.Period.Number)
            .AppendUInt64(slot.Period.LengthMinutes)
            .Finish(index);
        return new Digest256(index);
    }

    /// <summary>A replica's place on the ring. Length and number stand in the other order here: so it is specified.</summary>
    internal static Digest256 ServiceIndex(in BlindedKey key, ulong replica, TimePeriod period)
    {
        Span<byte> index = stackalloc byte[Digest256.Size];
        new Sha3Hasher()
            .Append("store-at-idx"u8)
            .Append(key.Span)
            .AppendUInt64(replica)
            .AppendUInt64(period.LengthMinutes)
            .AppendUInt64(period.Number)
            .Finish(index);
        return new Digest256(index);
    }
}
