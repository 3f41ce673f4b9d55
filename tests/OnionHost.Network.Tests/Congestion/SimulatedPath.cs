using System.Buffers.Binary;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Congestion;

/// <summary>
/// A path in virtual time: one bottleneck that takes so many cells a second, with a queue before it, and a delay both ways.
/// Senders with real flow control fill it as fast as they may; others' cells may share the bottleneck.
/// </summary>
internal sealed class SimulatedPath(int cellsPerSecond, TimeSpan roundTrip)
{
    private readonly ManualTimeProvider _time = new();
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly List<(VegasCircuitFlow Flow, CircuitFlow Receiver, int[] Delivered)> _senders = [];
    private long _bottleneckFree;
    private long _order;

    /// <summary>Cells in the bottleneck's queue now.</summary>
    public long Queued => Math.Max(0, _bottleneckFree - _time.GetTimestamp()) * CellsPerSecond / TimeSpan.TicksPerSecond;

    /// <summary>The longest that the queue was since <see cref="Mark"/>.</summary>
    public long LongestQueue { get; private set; }

    /// <summary>What the bottleneck takes; may change on the way.</summary>
    public int CellsPerSecond { get; set; } = cellsPerSecond;

    public long Now => _time.GetTimestamp();

    public VegasCircuitFlow Add(FlowEnd end = FlowEnd.ExitRelay)
    {
        var terms = new CongestionTerms(CongestionParameters.Default, 31);
        var flow = (VegasCircuitFlow)terms.Begin(end, _time);
        _senders.Add((flow, terms.Begin(FlowEnd.ExitClient, _time), [0]));
        return flow;
    }

    public int Delivered(VegasCircuitFlow flow) => _senders.Single(s => s.Flow == flow).Delivered[0];

    public void Mark() => LongestQueue = 0;

    /// <summary>Lets virtual time pass.</summary>
    public void Run(TimeSpan span)
    {
        var end = _time.GetTimestamp() + span.Ticks;
        _senders.ForEach(s => Fill(s.Flow, s.Receiver, s.Delivered));
        while (_events.TryPeek(out var next, out var when) && when.At <= end)
        {
            _events.Dequeue();
            _time.Advance(TimeSpan.FromTicks(Math.Max(0, when.At - _time.GetTimestamp())));
            next();
        }

        _time.Advance(TimeSpan.FromTicks(end - _time.GetTimestamp()));
    }

    private void Fill(VegasCircuitFlow flow, CircuitFlow receiver, int[] delivered)
    {
        while (flow.Sendable > 0)
        {
            var tag = new byte[CircuitFlow.TagSize];
            BinaryPrimitives.WriteInt64BigEndian(tag, ++_order);
            flow.OnDataSent(tag, spare: 0);
            _bottleneckFree = Math.Max(_bottleneckFree, _time.GetTimestamp()) + (TimeSpan.TicksPerSecond / CellsPerSecond);
            LongestQueue = Math.Max(LongestQueue, Queued);
            At(_bottleneckFree + (roundTrip.Ticks / 2), () =>
            {
                delivered[0]++;
                if (receiver.OnDataReceived())
                {
                    At(_time.GetTimestamp() + (roundTrip.Ticks / 2), () =>
                    {
                        flow.OnSendme(Sendme(tag), queued: 0);
                        Fill(flow, receiver, delivered);
                    });
                }
            });
        }
    }

    private void At(long when, Action what) => _events.Enqueue(what, (when, ++_order));

    private static byte[] Sendme(byte[] tag)
    {
        var body = new byte[3 + CircuitFlow.TagSize];
        var writer = new SpanWriter(body);
        new SendmeMessage(1, tag).Write(ref writer);
        return body;
    }
}
