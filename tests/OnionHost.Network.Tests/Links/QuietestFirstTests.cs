using OnionHost.Network.Links;
using OnionHost.Network.Links.Traffic;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links;

public sealed class QuietestFirstTests
{
    private const int CellSize = 514;

    private readonly ManualTimeProvider _clock = new();
    private readonly NodeTraffic _traffic;
    private readonly QuietestFirst _round;

    public QuietestFirstTests()
    {
        _traffic = new NodeTraffic(_clock, new LinkOptions());
        _round = new QuietestFirst(_traffic);
    }

    [Fact]
    public void Who_sends_little_goes_before_who_sends_much()
    {
        var bulk = Queue(2000);
        Take(1000);
        var typing = Queue(3);
        Assert.Equal([typing, typing, typing, bulk], Take(4));
        Assert.Same(typing, Put(typing, 1));
        Assert.Equal([typing, bulk], Take(2));
    }

    [Fact]
    public void Equals_share()
    {
        var queues = Enumerable.Range(0, 5).Select(_ => Queue(200)).ToArray();
        var taken = Take(500);
        Assert.All(queues, queue => Assert.InRange(taken.Count(t => t == queue), 99, 101));
        Assert.Equal(500, Take(1000).Count);
        Assert.Null(_round.Next());
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(400, false)]
    public void What_was_sent_long_ago_counts_less(int secondsSince, bool isFirstStillLouder)
    {
        var first = Queue(800);
        Take(800);
        _clock.Advance(TimeSpan.FromSeconds(secondsSince));
        var second = Queue(200);
        Take(200);
        Put(first, 1);
        Put(second, 1);
        Assert.Same(isFirstStillLouder ? second : first, Take(1)[0]);
    }

    [Fact]
    public void The_order_outlives_eras_and_a_changed_half_life()
    {
        var loud = Queue(1000);
        var quiet = Queue(10_000);
        Take(300);
        for (var i = 0; i < 3; i++)
        {
            Put(loud, 500);
            while (loud.Count > 500)
            {
                Take(1);
            }

            _clock.Advance(TimeSpan.FromSeconds(31 * 30));
        }

        _traffic.PriorityHalfLife = TimeSpan.FromSeconds(5);
        _clock.Advance(TimeSpan.FromSeconds(31 * 30));
        var (before, loudBefore) = (quiet.Count, loud.Count);
        Take(400);
        Assert.InRange(before - quiet.Count, 199, 201);
        Assert.InRange(loudBefore - loud.Count, 199, 201);
        Assert.True(double.IsFinite(loud.Activity) && double.IsFinite(quiet.Activity));
    }

    [Fact]
    public void A_queue_that_was_closed_is_passed_over()
    {
        var closed = Queue(10);
        var open = Queue(1);
        closed.Close();
        Assert.Equal([open], Take(5));
        Assert.Equal(0, _traffic.Memory.Used);
    }

    private CellQueue Queue(int cells) => Put(new CellQueue(CellSize, _traffic), cells);

    private CellQueue Put(CellQueue queue, int cells)
    {
        for (var i = 0; i < cells; i++)
        {
            queue.Add();
        }

        if (!queue.IsWaiting)
        {
            _round.BeginTurn();
            _round.Add(queue);
        }

        return queue;
    }

    private List<CellQueue> Take(int cells)
    {
        var taken = new List<CellQueue>();
        Span<byte> cell = stackalloc byte[CellSize];
        _round.BeginTurn();
        while (taken.Count < cells && _round.Next() is { } queue)
        {
            queue.Take(cell);
            taken.Add(queue);
        }

        return taken;
    }
}
