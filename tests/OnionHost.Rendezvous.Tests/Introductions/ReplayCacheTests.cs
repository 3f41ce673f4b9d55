using OnionHost.Rendezvous.Introductions;

namespace OnionHost.Rendezvous.Tests.Introductions;

public class ReplayCacheTests
{
    [Fact]
    public void Repeats_are_seen_and_memory_is_bounded()
    {
        var cache = new ReplayCache(100);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(cache.TryAdd(BitConverter.GetBytes(i)));
            Assert.False(cache.TryAdd(BitConverter.GetBytes(i)));
            Assert.True(cache.Count <= 100);
        }

        Assert.All(Enumerable.Range(9950, 50), i => Assert.False(cache.TryAdd(BitConverter.GetBytes(i))));
    }
}
