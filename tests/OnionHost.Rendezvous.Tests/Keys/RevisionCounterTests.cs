using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
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
    public void Counter_of_a_key_equals_stock()
    {
        // What tor 0.4.9.11 logged of a throwaway service, of the same second in two periods of four minutes.
        using var identity = Ed25519ExpandedKey.FromBytes(Convert.FromHexString(
            "0871fa6817fb0033d2eb078298deb026fbe3dfaed5f45600ea4c6fe58b02e468"
            + "b6d54f7d82e911b887e96edc433aa08d2ebe35016c48661fa8df211559c090de"));
        foreach (var (number, seconds, revision) in new[] { (7480667UL, 366, 11954506UL), (7480668UL, 126, 4218730UL) })
        {
            using var blinded = KeyBlinding.BlindSecret(identity, new TimePeriod(number, 4));
            using var counter = new RevisionCounter(blinded, Start);
            Assert.Equal(revision, counter.Next(Start.AddSeconds(seconds - 1)));
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
