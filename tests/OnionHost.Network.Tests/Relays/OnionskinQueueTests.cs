using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Relays;

public sealed class OnionskinQueueTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly NodeContext _context;

    public OnionskinQueueTests()
    {
        _context = new NodeContext(_clock, SystemRandomSource.Instance, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
    }

    [Fact]
    public void A_link_that_asks_for_much_waits_for_itself()
    {
        var queue = new OnionskinQueue(_clock, 1000);
        var (flooding, quiet, relay) = (Link(false), Link(false), Link(true));
        Assert.Equal(500, Enumerable.Range(0, 800).Count(_ => queue.TryAdd(From(flooding))));
        Assert.Equal(5, Enumerable.Range(0, 5).Count(_ => queue.TryAdd(From(quiet))));
        Assert.Equal(100, Enumerable.Range(0, 100).Count(_ => queue.TryAdd(From(relay))));
        var taken = Take(queue, 30);
        Assert.Equal(3, taken.Count(t => t == quiet));
        Assert.Equal(24, taken.Count(t => t == relay));
        Assert.Equal(605 - 30, queue.Count);
        Assert.Equal(605 - 30, Take(queue, 1000).Count);
        Assert.True(queue.TryAdd(From(flooding)));
    }

    [Fact]
    public void Newcomers_find_room_while_many_flood()
    {
        var queue = new OnionskinQueue(_clock, 1000);
        var flooding = Enumerable.Range(0, 50).Select(_ => Link(false)).ToArray();
        for (var i = 0; i < 100; i++)
        {
            foreach (var link in flooding)
            {
                queue.TryAdd(From(link));
            }
        }

        Assert.InRange(queue.Count, 500, 999);
        Assert.True(queue.TryAdd(From(Link(false))));
        Assert.True(queue.TryAdd(From(Link(true))));
    }

    [Fact]
    public void Age_is_told_and_a_closed_queue_takes_nothing()
    {
        var queue = new OnionskinQueue(_clock, 10);
        Assert.True(queue.TryAdd(From(Link(false))));
        _clock.Advance(TimeSpan.FromSeconds(7));
        Assert.True(queue.TryTake(out _, out var age));
        Assert.Equal(TimeSpan.FromSeconds(7), age);
        Assert.False(queue.TryTake(out _, out _));
        queue.Close();
        Assert.False(queue.TryAdd(From(Link(false))));
    }

    private static List<ICircuitLink> Take(OnionskinQueue queue, int count)
    {
        var taken = new List<ICircuitLink>();
        while (taken.Count < count && queue.TryTake(out var onionskin, out _))
        {
            taken.Add(onionskin.Circuit.Previous);
        }

        return taken;
    }

    private static StubLink Link(bool isRelay) => new(isRelay);

    private Onionskin From(ICircuitLink link) =>
        new(new RelayCircuit(_context, link, new CircuitId(1), null!, new RelayRoles()), HandshakeType.Ntor, default);

    private sealed class StubLink(bool isRelay) : ICircuitLink
    {
        public LinkPeer Peer { get; } = new(null, null, new IPEndPoint(IPAddress.Loopback, 1), isRelay);

        public bool IsOpen => true;

        public void MarkMultiHop()
        {
        }

        public CircuitId Attach(ILinkCircuit circuit) => throw new NotSupportedException();

        public bool TryAttach(CircuitId id, ILinkCircuit circuit) => throw new NotSupportedException();

        public void Detach(CircuitId id)
        {
        }

        public void Send(CircuitId id, CellCommand command, ReadOnlySpan<byte> payload)
        {
        }

        public void Destroy(CircuitId id, DestroyReason reason)
        {
        }

        public int QueuedCells(CircuitId id) => 0;
    }
}
