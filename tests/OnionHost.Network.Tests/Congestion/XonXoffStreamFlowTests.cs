using FsCheck;
using FsCheck.Fluent;
using OnionHost.Network.Congestion;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Congestion;

/// <summary>XON and XOFF of one stream, in virtual time.</summary>
public sealed class XonXoffStreamFlowTests
{
    private const int Body = 498;

    private static readonly StreamFlowParameters Usual = CongestionParameters.Default.Streams;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void XOFF_comes_when_too_much_waits_for_longer_than_a_reader_needs_to_wake_up()
    {
        var reader = new Reader(this, FlowEnd.ExitClient);
        Assert.Empty(reader.Arrive(Usual.RateBytes / Body));
        Assert.Empty(reader.Arrive(10));
        _time.Advance(TimeSpan.FromMilliseconds(6));
        Assert.Equal(RelayCommand.Xoff, Assert.Single(reader.Arrive(1)).Command);
        Assert.Empty(reader.Arrive(100));
    }

    [Fact]
    public void A_reader_that_keeps_up_hears_nothing()
    {
        var reader = new Reader(this, FlowEnd.ExitClient);
        for (var i = 0; i < 500; i++)
        {
            Assert.Empty(reader.Arrive(200));
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Empty(reader.Take(200 * Body));
        }
    }

    [Fact]
    public void XON_comes_when_half_is_taken_and_tells_how_fast_that_was()
    {
        var reader = HeldReader();
        var signals = new List<(RelayCommand Command, uint Rate)>();
        var taken = 0;
        while (signals.Count == 0)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            signals.AddRange(reader.Take(10 * Body));
            taken += 10 * Body;
        }

        Assert.InRange(reader.Unread, 0, Usual.ClientLimit / 2);
        Assert.Equal(RelayCommand.Xon, signals.Single().Command);
        Assert.True(taken > Usual.ClientLimit / 2);

        // 4980 bytes in 10 ms are 498 units; if enough was taken to measure it, that is what is told.
        Assert.Contains(signals.Single().Rate, new uint[] { 0, 498, 499, 500 });
    }

    [Fact]
    public void A_reader_that_pauses_for_a_minute_is_not_taken_for_a_slow_one()
    {
        var reader = HeldReader();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0u, Assert.Single(reader.Take(reader.Unread)).Rate);
    }

    [Fact]
    public void A_peer_that_goes_on_after_XOFF_is_stopped()
    {
        var reader = HeldReader();
        Assert.Throws<ProtocolException>(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                reader.Arrive(1000);
            }
        });
    }

    [Fact]
    public void Streams_of_one_circuit_share_what_they_may_hold_beyond_XOFF()
    {
        var budget = new StreamBudget();
        var readers = Enumerable.Range(0, 20).Select(_ => new Reader(this, FlowEnd.ExitClient, budget)).ToList();
        var held = 0;
        Assert.Throws<ProtocolException>(() =>
        {
            foreach (var reader in readers)
            {
                reader.Arrive(9000);
                held++;
            }
        });
        Assert.InRange(held, 12, 17);

        readers.ForEach(reader => reader.Flow.OnReaderDone());
        new Reader(this, FlowEnd.ExitClient, budget).Arrive(9000);
    }

    [Fact]
    public void A_sender_obeys_XOFF_XON_and_the_rate()
    {
        var flow = NewFlow(FlowEnd.ExitRelay);
        Assert.Equal(int.MaxValue, flow.Sendable);
        flow.OnSignal(RelayCommand.Xoff, [0]);
        Assert.Equal((0, null), (flow.Sendable, flow.RetryAfter));

        flow.OnSignal(RelayCommand.Xon, [0, 0, 0, 0, 50]);
        Assert.Equal(50_000 / Body, flow.Sendable);
        for (var cells = flow.Sendable; cells > 0; cells--)
        {
            flow.OnDataSent(Body);
        }

        Assert.Equal(0, flow.Sendable);
        _time.Advance(flow.RetryAfter!.Value);
        Assert.InRange(flow.Sendable, 1, 4);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(50_000 / Body, flow.Sendable);

        flow.OnSignal(RelayCommand.Xon, [0, 0, 0, 0, 0]);
        Assert.Equal(int.MaxValue, flow.Sendable);
    }

    [Theory]
    [InlineData(nameof(FlowEnd.ExitClient))]
    [InlineData(nameof(FlowEnd.Onion))]
    public void A_client_accepts_as_many_signals_as_its_bytes_account_for(string name)
    {
        var end = Enum.Parse<FlowEnd>(name);
        var flow = NewFlow(end);
        Assert.Throws<ProtocolException>(() => flow.OnSignal(RelayCommand.Xoff, [0]));
        flow = NewFlow(end);
        for (var i = 0; i < 500; i++)
        {
            flow.OnDataSent(488);
        }

        flow.OnSignal(RelayCommand.Xoff, [0]);
        flow.OnSignal(RelayCommand.Xon, [0, 0, 0, 0, 0]);
        Assert.Throws<ProtocolException>(() => flow.OnSignal(RelayCommand.Xon, [0, 0, 0, 0, 0]));
    }

    /// <summary>Whatever a reader does, what it says is always accounted for by what it got: a strict peer never closes the circuit.</summary>
    [Fact]
    public void What_a_reader_says_a_strict_peer_accepts() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), steps =>
    {
        var reader = new Reader(this, FlowEnd.Onion);
        var peer = NewFlow(FlowEnd.Onion);
        foreach (var step in steps.SelectMany(step => Enumerable.Repeat(step, 8)))
        {
            _time.Advance(TimeSpan.FromMilliseconds(step % 32));
            if (step % 3 > 0 && peer.Sendable > 0)
            {
                var cells = Math.Min(peer.Sendable, 1 + (step * 2));
                for (var i = 0; i < cells; i++)
                {
                    peer.OnDataSent(Body);
                    Say(peer, reader.Arrive(1));
                }
            }
            else
            {
                Say(peer, reader.Take(reader.Unread * step / 255));
            }
        }

        // And nobody is held for ever: once all is taken, the peer may send.
        Say(peer, reader.Take(reader.Unread));
        _time.Advance(TimeSpan.FromSeconds(1));
        return peer.Sendable > 0;
    }).QuickCheckThrowOnFailure();

    private static void Say(XonXoffStreamFlow peer, IEnumerable<(RelayCommand Command, uint Rate)> signals)
    {
        foreach (var (command, rate) in signals)
        {
            peer.OnSignal(command, command == RelayCommand.Xoff ? [0] : [0, (byte)(rate >> 24), (byte)(rate >> 16), (byte)(rate >> 8), (byte)rate]);
        }
    }

    private XonXoffStreamFlow NewFlow(FlowEnd end) => new(Usual, end, _time, new StreamBudget());

    private Reader HeldReader()
    {
        var reader = new Reader(this, FlowEnd.ExitClient);
        reader.Arrive((Usual.RateBytes / Body) + 10);
        _time.Advance(TimeSpan.FromMilliseconds(6));
        Assert.Equal(RelayCommand.Xoff, Assert.Single(reader.Arrive(1)).Command);
        return reader;
    }

    /// <summary>The receiving half as a stream uses it.</summary>
    private sealed class Reader(XonXoffStreamFlowTests test, FlowEnd end, StreamBudget? budget = null)
    {
        public XonXoffStreamFlow Flow { get; } = new(Usual, end, test._time, budget ?? new StreamBudget());

        public long Unread { get; private set; }

        public List<(RelayCommand Command, uint Rate)> Arrive(int cells)
        {
            var said = new List<(RelayCommand, uint)>();
            for (var i = 0; i < cells; i++)
            {
                Flow.OnDataReceived(Body);
                Unread += Body;
                Collect(said, isArriving: true);
            }

            return said;
        }

        public List<(RelayCommand Command, uint Rate)> Take(long bytes)
        {
            var said = new List<(RelayCommand, uint)>();
            if (bytes > 0)
            {
                Unread -= bytes;
                Flow.OnDataTaken(bytes, Unread);
                Collect(said, isArriving: false);
            }

            return said;
        }

        private void Collect(List<(RelayCommand Command, uint Rate)> said, bool isArriving)
        {
            Span<byte> body = stackalloc byte[16];
            while (Flow.NextSignal(Unread, isArriving, body, out var length) is { } command)
            {
                var rate = length == XonMessage.Size ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(body[1..]) : 0;
                said.Add((command, rate));
            }
        }
    }
}
