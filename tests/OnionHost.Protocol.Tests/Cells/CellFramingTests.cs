using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Tests.Cells;

public sealed class CellFramingTests
{
    [Theory]
    [InlineData(2, 512)]
    [InlineData(4, 514)]
    public void A_fixed_cell_is_padded_and_reads_back(int idSize, int size)
    {
        var buffer = Enumerable.Repeat((byte)0xff, size + 1).ToArray();

        Assert.Equal(size, CellFraming.WriteFixed(buffer, idSize, new CircuitId(0x1234), CellCommand.Create2, new byte[] { 1, 2, 3 }));
        Assert.True(CellFraming.TryRead(buffer, idSize, out var cell, out var consumed));

        Assert.Equal(size, consumed);
        Assert.Equal(new CircuitId(0x1234), cell.Circuit);
        Assert.Equal(CellCommand.Create2, cell.Command);
        Assert.Equal([1, 2, 3, .. new byte[506]], cell.Payload.ToArray());
        Assert.Equal(0xff, buffer[size]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_cell_is_not_read_before_its_last_byte(int idSize)
    {
        var buffer = new byte[2000];
        var end = CellFraming.WriteVariable(buffer, idSize, CircuitId.None, CellCommand.Certs, new byte[300]);
        end += CellFraming.WriteFixed(buffer.AsSpan(end), idSize, new CircuitId(7), CellCommand.Relay, new byte[509]);
        var first = CellFraming.VariableCellSize(idSize, 300);

        for (var length = 0; length < end; length++)
        {
            Assert.Equal(length >= first, CellFraming.TryRead(buffer.AsSpan(0, length), idSize, out _, out var consumed));
            Assert.Equal(length >= first ? first : 0, consumed);
            Assert.False(length >= first && CellFraming.TryRead(buffer.AsSpan(first, length - first), idSize, out _, out _));
        }
    }

    [Fact]
    public void A_variable_cell_that_is_too_long_is_refused_by_its_header()
    {
        byte[] header = [0, 0, 0, 0, 129, 0x40, 0x01];
        Assert.Throws<ProtocolException>(() => CellFraming.TryRead(header, 4, out _, out _));
    }

    [Fact]
    public void A_payload_that_is_too_long_cannot_be_written()
    {
        Assert.ThrowsAny<ArgumentException>(() => CellFraming.WriteFixed(new byte[600], 4, CircuitId.None, CellCommand.Relay, new byte[510]));
        Assert.ThrowsAny<ArgumentException>(() =>
            CellFraming.WriteVariable(new byte[20000], 4, CircuitId.None, CellCommand.Certs, new byte[16385]));
    }

    [Fact]
    public void Random_bytes_are_cut_into_cells_or_refused() =>
        Prop.ForAll<byte[], bool>((bytes, wide) =>
        {
            var rest = bytes.AsSpan();
            try
            {
                while (CellFraming.TryRead(rest, wide ? 4 : 2, out var cell, out var consumed))
                {
                    Assert.InRange(consumed, cell.Payload.Length + 1, rest.Length);
                    rest = rest[consumed..];
                }
            }
            catch (ProtocolException)
            {
            }
        }).QuickCheckThrowOnFailure();
}
