using OnionHost.Dht.Storage;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Tests.Storage;

public sealed class DescriptorStoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void OnlyLargerRevisionsReplace()
    {
        var store = new DescriptorStore();
        Assert.True(store.TryStore(Key(1), Descriptor(5), Now));
        Assert.False(store.TryStore(Key(1), Descriptor(5), Now));
        Assert.False(store.TryStore(Key(1), Descriptor(4), Now));
        Assert.True(store.TryStore(Key(1), Descriptor(6), Now));
        Assert.Equal(6UL, store.Find(Key(1), Now)!.Revision);
        Assert.Null(store.Find(Key(2), Now));
    }

    [Fact]
    public void DescriptorsExpire()
    {
        var store = new DescriptorStore();
        store.TryStore(Key(1), Descriptor(1), Now);
        Assert.NotNull(store.Find(Key(1), Now.AddHours(3).AddTicks(-1)));
        Assert.Null(store.Find(Key(1), Now.AddHours(3)));
        Assert.True(store.TryStore(Key(2), Descriptor(1), Now.AddHours(3)));
        Assert.Equal(1, store.Count);

        // What has expired no longer stands in the way of a smaller revision.
        store.TryStore(Key(1), Descriptor(9), Now);
        Assert.True(store.TryStore(Key(1), Descriptor(1), Now.AddHours(4)));
    }

    [Fact]
    public void TheFirstToExpireMakesRoom()
    {
        var store = new DescriptorStore(capacity: 1000);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(store.TryStore(Key(i), Descriptor(1, size: 100, later: TimeSpan.FromMinutes(i)), Now));
        }

        Assert.Equal(10, store.Count);
        Assert.Null(store.Find(Key(9), Now));
        Assert.NotNull(store.Find(Key(10), Now));
    }

    [Fact]
    public void ManyRevisionsOfOneKeyKeepTheStoreSmall()
    {
        var store = new DescriptorStore(capacity: 1000);
        store.TryStore(Key(2), Descriptor(1, size: 100), Now);
        for (var i = 1UL; i < 10_000; i++)
        {
            Assert.True(store.TryStore(Key(1), Descriptor(i, size: 100), Now));
        }

        Assert.Equal(2, store.Count);
        Assert.Equal(9_999UL, store.Find(Key(1), Now)!.Revision);
        Assert.True(store.TryStore(Key(3), Descriptor(1), Now.AddHours(4)));
        Assert.Equal(1, store.Count);
    }

    private static StoredDescriptor Descriptor(ulong revision, int size = 10, TimeSpan later = default) =>
        new(new byte[size], revision, Now.AddHours(3) + later);

    private static BlindedKey Key(int number)
    {
        var bytes = new byte[32];
        bytes[0] = (byte)number;
        return new BlindedKey(bytes);
    }
}
