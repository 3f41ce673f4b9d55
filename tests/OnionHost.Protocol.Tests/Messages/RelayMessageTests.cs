using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Protocol.Tests.Messages;

public sealed class RelayMessageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(493)]
    [InlineData(494)]
    [InlineData(495)]
    [InlineData(498)]
    public void A_message_of_any_length_reads_back(int length)
    {
        var payload = new byte[509];
        var body = SystemRandomSource.Instance.Bytes(length);

        RelayMessage.Write(payload, RelayCommand.Data, new StreamId(513), body, SystemRandomSource.Instance);
        var message = RelayMessage.Read(payload);

        Assert.Equal(RelayCommand.Data, message.Command);
        Assert.Equal(new StreamId(513), message.Stream);
        Assert.Equal(body, message.Body.ToArray());
        Assert.Equal(new byte[2], payload[1..3]);
        Assert.Equal(new byte[4], payload[5..9]);
        var padding = payload[(11 + length)..];
        Assert.All(padding.Take(4), b => Assert.Equal(0, b));
    }

    [Fact]
    public void The_body_may_lie_in_the_cell_already()
    {
        var payload = new byte[509];
        payload.AsSpan(11, 3).Fill(7);

        RelayMessage.Write(payload, RelayCommand.Data, new StreamId(1), payload.AsSpan(11, 3), SystemRandomSource.Instance);

        Assert.Equal(new byte[] { 7, 7, 7 }, RelayMessage.Read(payload).Body.ToArray());
    }

    [Fact]
    public void Padding_after_a_short_message_is_random()
    {
        var (first, second) = (new byte[509], new byte[509]);
        RelayMessage.Write(first, RelayCommand.Sendme, StreamId.None, default, SystemRandomSource.Instance);
        RelayMessage.Write(second, RelayCommand.Sendme, StreamId.None, default, SystemRandomSource.Instance);

        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(499)]
    [InlineData(65535)]
    public void A_length_that_does_not_fit_is_refused(int length)
    {
        var payload = new byte[509];
        payload[9] = (byte)(length >> 8);
        payload[10] = (byte)length;

        Assert.Throws<ProtocolException>(() => RelayMessage.Read(payload));
    }

    [Fact]
    public void A_cell_of_another_size_is_refused()
    {
        Assert.Throws<ProtocolException>(() => RelayMessage.Read(new byte[508]));
        Assert.Throws<ArgumentException>(() =>
            RelayMessage.Write(new byte[509], RelayCommand.Data, new StreamId(1), new byte[499], SystemRandomSource.Instance));
    }

    [Fact]
    public void Random_payloads_throw_nothing_but_a_protocol_exception() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var payload = new byte[509];
            bytes.AsSpan(0, Math.Min(bytes.Length, 509)).CopyTo(payload);
            try
            {
                Assert.InRange(RelayMessage.Read(payload).Body.Length, 0, RelayMessage.BodyMax);
            }
            catch (ProtocolException)
            {
            }
        }).QuickCheckThrowOnFailure();
}
