using System.Globalization;
using OnionHost.Dht.Periods;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Dht.Tests.Periods;

public sealed class TimePeriodsTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void TheKnownTimesHaveTheKnownPeriods()
    {
        foreach (var vector in Vectors.Load("hs_keys_indexes.json").GetProperty("time_periods").EnumerateArray())
        {
            // The vectors with a note are of a network that votes every 10 s.
            var testing = vector.TryGetProperty("note", out _);
            var interval = testing ? TimeSpan.FromSeconds(10) : Hour;
            var period = TimePeriods.At(Time(vector.GetProperty("time").GetString()!), testing ? 4u : 1440u, interval);
            if (vector.TryGetProperty("num", out var number))
            {
                Assert.Equal(number.GetUInt64(), period.Number);
            }

            Assert.Equal(Time(vector.GetProperty("next_start").GetString()!), TimePeriods.StartOf(period.Next, interval));
        }
    }

    [Fact]
    public void ShortNetworksHaveShortPeriods()
    {
        // The network of the descriptor vectors: votes every 20 s, periods of 8 minutes.
        var period = TimePeriods.At(Time("2026-11-22 06:22:00"), 8, TimeSpan.FromSeconds(20));
        Assert.Equal(3740267UL, period.Number);
    }

    [Fact]
    public void RevisionsCountFromTheRunThatThePeriodBeginsIn()
    {
        var publicly = TimePeriods.At(Time("2026-11-22 18:00:00"), 1440, Hour);
        Assert.Equal(Time("2026-11-22 00:00:00"), TimePeriods.StartOfCounting(publicly, Hour));
        var quickly = TimePeriods.At(Time("2026-11-22 06:22:00"), 8, TimeSpan.FromSeconds(20));
        Assert.Equal(Time("2026-11-22 06:16:00"), TimePeriods.StartOfCounting(quickly, TimeSpan.FromSeconds(20)));

        // Runs of four minutes, periods of a day: the first descriptor of a period comes up to a day before it begins.
        Assert.True(TimePeriods.StartOfCounting(publicly.Next, TimeSpan.FromSeconds(10)) < Time("2026-11-22 12:00:00"));
    }

    [Fact]
    public void EveryHourOfADayHasItsPhase()
    {
        // Periods change at noon, shared random values at midnight.
        var midnight = Time("2026-11-22 00:00:00");
        for (var hour = 0; hour < 48; hour++)
        {
            Assert.Equal(hour % 24 >= 12, TimePeriods.IsBetweenTimePeriodAndSharedRandom(midnight.AddHours(hour), 1440, Hour));
        }
    }

    [Fact]
    public void TheSlotsFollowThePhase()
    {
        var (previous, current) = (Enumerable.Repeat((byte)1, 32).ToArray(), Enumerable.Repeat((byte)2, 32).ToArray());
        var morning = DescriptorSlots.Of(Time("2026-11-22 06:00:00"), 1440, Hour, previous, current);
        var evening = DescriptorSlots.Of(Time("2026-11-22 18:00:00"), 1440, Hour, previous, current);
        var period = TimePeriods.At(Time("2026-11-22 06:00:00"), 1440, Hour);

        Assert.Equal(new DescriptorSlot(period, new Digest256(previous)), morning.Earlier);
        Assert.Equal(new DescriptorSlot(period.Next, new Digest256(current)), morning.Later);
        Assert.Equal(morning.Earlier, morning.ForClients);
        Assert.Equal(new DescriptorSlot(period, new Digest256(previous)), evening.Earlier);
        Assert.Equal(new DescriptorSlot(period.Next, new Digest256(current)), evening.Later);
        Assert.Equal(evening.Later, evening.ForClients);
    }

    [Fact]
    public void AServiceOneStepAwayIsFoundAtEveryHour()
    {
        // The shared random value of a run, as the consensus of a moment sees it.
        for (var hour = 0; hour < 72; hour++)
        {
            var client = SlotsAt(hour).ForClients;
            foreach (var service in new[] { SlotsAt(Math.Max(0, hour - 1)), SlotsAt(hour), SlotsAt(hour + 1) })
            {
                Assert.Contains(client, new[] { service.Earlier, service.Later });
            }
        }
    }

    [Fact]
    public void WithoutAgreementTheDisasterValueStandsIn()
    {
        foreach (var vector in Vectors.Load("hs_keys_indexes.json").GetProperty("disaster_srv").EnumerateArray())
        {
            var period = new TimePeriod(
                vector.GetProperty("time_period_num").GetUInt64(), vector.GetProperty("time_period_length_min").GetUInt32());
            Assert.Equal(vector.Hex("result"), DescriptorSlot.For(period, null).SharedRandom.ToArray());
        }
    }

    private static DescriptorSlots SlotsAt(int hour)
    {
        var time = Time("2026-11-22 00:00:00").AddHours(hour);
        var run = (byte)(100 + (hour / 24));
        return DescriptorSlots.Of(
            time, 1440, Hour, [.. Enumerable.Repeat((byte)(run - 1), 32)], [.. Enumerable.Repeat(run, 32)]);
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
