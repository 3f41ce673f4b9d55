using System.Collections.Immutable;
using OnionHost.Dht.Periods;
using OnionHost.Dht.Ring;
using OnionHost.Network.Circuits;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Dht.Tests.Ring;

public sealed class HsDirRingTests
{
    private static readonly DescriptorSlot Slot = new(new TimePeriod(42, 1440), new Digest256(new byte[32]));

    [Fact]
    public void TheKnownIndexes()
    {
        foreach (var vector in Vectors.Load("hs_keys_indexes.json").GetProperty("indexes").EnumerateArray())
        {
            var period = new TimePeriod(
                vector.GetProperty("time_period_num").GetUInt64(), vector.GetProperty("time_period_length_min").GetUInt32());
            var index = vector.GetProperty("kind").GetString() == "hs_index"
                ? HsDirRing.ServiceIndex(new BlindedKey(vector.Hex("blinded_pub")), vector.GetProperty("replica").GetUInt64(), period)
                : HsDirRing.DirectoryIndex(
                    new Ed25519Identity(vector.Hex("node_ed25519")), new DescriptorSlot(period, new Digest256(vector.Hex("srv"))));
            Assert.Equal(vector.Hex("result"), index.ToArray());
        }

        foreach (var vector in Vectors.Load("hs_keys_indexes.json").GetProperty("extra").EnumerateArray())
        {
            var period = new TimePeriod(
                vector.GetProperty("time_period_num").GetUInt64(), vector.GetProperty("time_period_length_min").GetUInt32());
            var key = new BlindedKey(vector.Hex("blinded_pub"));
            Assert.Equal(vector.Hex("hs_index_replica1"), HsDirRing.ServiceIndex(key, 1, period).ToArray());
            Assert.Equal(vector.Hex("hs_index_replica2"), HsDirRing.ServiceIndex(key, 2, period).ToArray());
            Assert.Equal(
                vector.Hex("subcredential"), ServiceCredential.Subcredential(new Ed25519Identity(vector.Hex("identity_pub")), key));
        }
    }

    [Fact]
    public void EachReplicaTakesTheNextThatAreFree()
    {
        var directories = Directories(40);
        var ring = new HsDirRing(directories, Slot);
        for (var i = 0; i < 50; i++)
        {
            var key = new BlindedKey(SystemRandomSource.Instance.Bytes(32));
            Assert.Equal(Expected(directories, key, 2, 4), ring.Responsible(key, 2, 4).Select(d => d.Identity));
        }
    }

    [Fact]
    public void ASmallRingGivesEachRelayOnce()
    {
        var key = new BlindedKey(new byte[32]);
        foreach (var count in new[] { 0, 1, 3, 5, 8 })
        {
            var chosen = new HsDirRing(Directories(count), Slot).Responsible(key, 2, 4);
            Assert.Equal(Math.Min(8, count), chosen.Count);
            Assert.Equal(chosen.Count, chosen.Distinct().Count());
        }
    }

    private static List<Ed25519Identity> Expected(IReadOnlyList<HsDir> directories, BlindedKey key, int replicas, int spread)
    {
        var sorted = directories.OrderBy(d => HsDirRing.DirectoryIndex(d.Identity, Slot)).Select(d => d.Identity).ToList();
        var chosen = new List<Ed25519Identity>();
        for (var replica = 1UL; replica <= (ulong)replicas; replica++)
        {
            var index = HsDirRing.ServiceIndex(key, replica, Slot.Period);
            var after = sorted.Where(d => HsDirRing.DirectoryIndex(d, Slot).CompareTo(index) >= 0);
            chosen.AddRange(after.Concat(sorted).Where(d => !chosen.Contains(d)).Distinct().Take(spread).ToList());
        }

        return chosen;
    }

    private static List<HsDir> Directories(int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new Ed25519Identity(SystemRandomSource.Instance.Bytes(32)))
            .Select(id => new HsDir(id, new HopTarget(default, id, default, ImmutableArray<Protocol.Messages.LinkSpecifier>.Empty))),
    ];
}
