using System.Buffers.Binary;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class RandomSourceTests
{
    [Fact]
    public void NextIsUniformAndBounded()
    {
        var counts = new int[5];
        for (var i = 0; i < 5000; i++)
        {
            counts[SystemRandomSource.Instance.Next(5)]++;
        }

        // 1000 expected each, standard deviation 28: 12 deviations are never seen.
        Assert.All(counts, count => Assert.InRange(count, 660, 1340));
        Assert.Throws<ArgumentOutOfRangeException>(() => SystemRandomSource.Instance.Next(0));
    }

    [Fact]
    public void NextDrawsAgainAboveTheLastMultiple()
    {
        var source = new Scripted(ulong.MaxValue, 7);
        Assert.Equal(2, source.Next(5));
    }

    [Fact]
    public void NextDoubleStaysBelowOne()
    {
        Assert.Equal(0, new Scripted(0).NextDouble());
        Assert.InRange(new Scripted(ulong.MaxValue).NextDouble(), 0.9999999, 0.9999999999999999);
    }

    [Fact]
    public void ShuffleKeepsTheItems()
    {
        var items = Enumerable.Range(0, 50).ToArray();
        SystemRandomSource.Instance.Shuffle<int>(items);
        Assert.Equal(Enumerable.Range(0, 50), items.Order());
        Assert.Contains(SystemRandomSource.Instance.Pick(items), items);
    }

    private sealed class Scripted(params ulong[] values) : IRandomSource
    {
        private int _next;

        public void Fill(Span<byte> destination) => BinaryPrimitives.WriteUInt64LittleEndian(destination, values[_next++]);
    }
}
