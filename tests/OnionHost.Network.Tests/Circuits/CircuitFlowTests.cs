using FsCheck;
using FsCheck.Fluent;
using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Circuits;

public sealed class CircuitFlowTests
{
    /// <summary>Whatever the order of sending, arriving and acknowledging: both ends agree, and never more than 1000 are on their way.</summary>
    [Fact]
    public void Both_ends_always_agree()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), steps =>
        {
            var (sender, receiver) = (new FixedCircuitFlow(false), new FixedCircuitFlow(false));
            var (cells, answers) = (new Queue<byte[]>(), new Queue<byte[]>());
            var number = 0;
            foreach (var step in steps.SelectMany(b => Enumerable.Repeat(b % 3, 1 + (b / 2))))
            {
                if (step == 0 && sender.Sendable > 0)
                {
                    var tag = Tag(number++);
                    sender.OnDataSent(tag, spare: 0);
                    cells.Enqueue(tag);
                }
                else if (step == 1 && cells.TryDequeue(out var tag) && receiver.OnDataReceived())
                {
                    answers.Enqueue(Sendme(tag));
                }
                else if (step == 2 && answers.TryDequeue(out var answer))
                {
                    sender.OnSendme(answer, 0);
                }

                if (cells.Count + answers.Count > 1000 || sender.Sendable is < 0 or > 1000)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void More_than_the_window_is_an_offence()
    {
        var flow = new FixedCircuitFlow(false);
        var due = 0;
        for (var i = 0; i < 1000; i++)
        {
            due += flow.OnDataReceived() ? 1 : 0;
        }

        Assert.Equal(10, due);
        var stream = new FixedStreamFlow();
        for (var i = 0; i < 500; i++)
        {
            stream.OnDataReceived(498);
        }

        Assert.Throws<ProtocolException>(() => stream.OnDataReceived(498));
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("early")]
    [InlineData("twice")]
    [InlineData("version0")]
    [InlineData("short")]
    public void A_SENDME_that_proves_nothing_is_an_offence(string how)
    {
        var flow = new FixedCircuitFlow(acceptUntagged: false);
        for (var i = 1; i <= (how == "early" ? 99 : 100); i++)
        {
            flow.OnDataSent(Tag(i), 0);
        }

        if (how == "twice")
        {
            flow.OnSendme(Sendme(Tag(100)), 0);
        }

        var body = how switch
        {
            "wrong" => Sendme(Tag(99)),
            "version0" => [],
            "short" => [1, 0, 4, 0, 0, 0, 100],
            _ => Sendme(Tag(100)),
        };
        Assert.Throws<ProtocolException>(() => flow.OnSendme(body, 0));
    }

    [Fact]
    public void Untagged_SENDMEs_pass_on_fast_circuits_only()
    {
        var flow = new FixedCircuitFlow(acceptUntagged: true);
        for (var i = 0; i < 100; i++)
        {
            flow.OnDataSent(Tag(i), 0);
        }

        flow.OnSendme([], 0);
        Assert.Equal(1000, flow.Sendable);
        Assert.Throws<ProtocolException>(() => flow.OnSendme([], 0));
    }

    [Fact]
    public void Every_window_has_a_padded_cell()
    {
        var flow = new FixedCircuitFlow(false);
        for (var i = 1; i <= 1000; i++)
        {
            var wanted = flow.WantsPadding;
            Assert.Equal(i % 100 == 0 && i != 300, wanted);
            flow.OnDataSent(Tag(i), wanted || i == 250 ? CircuitFlow.RandomPadding : 0);
        }
    }

    [Fact]
    public void A_stream_asks_for_more_only_when_little_waits()
    {
        var flow = new FixedStreamFlow();
        Span<byte> body = stackalloc byte[16];
        for (var i = 0; i < 120; i++)
        {
            flow.OnDataReceived(498);
        }

        Assert.Null(flow.NextSignal(10 * RelayMessage.BodyMax, true, body, out _));
        Assert.Equal(RelayCommand.Sendme, flow.NextSignal(4979, true, body, out var length));
        Assert.Equal(0, length);
        Assert.Equal(RelayCommand.Sendme, flow.NextSignal(0, true, body, out _));
        Assert.Null(flow.NextSignal(0, true, body, out _));
    }

    [Fact]
    public void What_the_application_takes_is_told_later_while_half_the_window_is_open()
    {
        var flow = new FixedStreamFlow();
        Span<byte> body = stackalloc byte[16];
        for (var i = 0; i < 249; i++)
        {
            flow.OnDataReceived(498);
        }

        Assert.Null(flow.NextSignal(0, isArriving: false, body, out _));
        flow.OnDataReceived(498);
        Assert.Equal(RelayCommand.Sendme, flow.NextSignal(0, isArriving: false, body, out _));
        Assert.Null(flow.NextSignal(0, isArriving: false, body, out _));
        for (var left = 4; left > 0; left--)
        {
            Assert.Equal(RelayCommand.Sendme, flow.NextSignal(0, isArriving: true, body, out _));
        }

        Assert.Null(flow.NextSignal(0, isArriving: true, body, out _));
    }

    [Fact]
    public void A_stream_SENDME_beyond_the_window_is_an_offence()
    {
        var flow = new FixedStreamFlow();
        for (var i = 0; i < 50; i++)
        {
            flow.OnDataSent(498);
        }

        flow.OnSignal(RelayCommand.Sendme, []);
        Assert.Equal(500, flow.Sendable);
        Assert.Throws<ProtocolException>(() => flow.OnSignal(RelayCommand.Sendme, []));
    }

    private static byte[] Tag(int number)
    {
        var tag = new byte[CircuitFlow.TagSize];
        BitConverter.TryWriteBytes(tag, number);
        return tag;
    }

    private static byte[] Sendme(byte[] tag)
    {
        var body = new byte[64];
        var writer = new SpanWriter(body);
        new SendmeMessage(1, tag).Write(ref writer);
        return writer.Written.ToArray();
    }
}
