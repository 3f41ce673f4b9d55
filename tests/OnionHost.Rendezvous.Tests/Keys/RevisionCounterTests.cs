using OnionHost.Protocol.Cryptography;
using OnionHost.Rendezvous.Keys;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Keys;

public class RevisionCounterTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Encryption_equals_stock()
    {
        var vectors = Vectors.Load("ope_revision_counter.json");
        foreach (var vector in vectors.GetProperty("vectors").EnumerateArray())
        {
            Assert.Equal(vector.GetProperty("out").GetUInt64(), RevisionCounter.Encrypt(vectors.Hex("key"), vector.GetProperty("in").GetInt64()));
        }
    }

    [Fact]
    public void Counter_grows_whatever_the_clock_does()
    {
        using var counter = Create();
        var last = 0UL;
        foreach (var minutes in new[] { 0, 0, 1, 5, 4, -10, 6, 6, 6000, 60_000_000, 60_000_000 })
        {
            var next = counter.Next(Start.AddMinutes(minutes));
            Assert.True(next > last);
            last = next;
        }
    }

    [Fact]
    public void Counter_grows_over_a_restart()
    {
        using var before = Create();
        using var after = Create();
        for (var i = 0; i < 1000; i++)
        {
            before.Next(Start.AddHours(1));
        }

        Assert.True(after.Next(Start.AddHours(1).AddSeconds(10)) > before.Next(Start.AddHours(1)));
    }

    [Fact]
    public void Counter_grows_over_a_restart_within_the_same_second()
    {
        var last = 0UL;
        for (var milliseconds = 0; milliseconds < 2000; milliseconds += 100)
        {
            using var process = Create();
            var next = process.Next(Start.AddHours(30).AddMilliseconds(milliseconds));
            Assert.True(next > last);
            last = next;
        }
    }

    private static RevisionCounter Create()
    {
        using var pair = Ed25519KeyPair.Generate(new ScriptedRandom());
        return new RevisionCounter(pair.Expand(), Start);
    }
}
