using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Protocol.Tests.Handshakes;

/// <summary>Compares layers by what they do, since they do not show their keys.</summary>
internal static class Layers
{
    /// <summary>Cells that the client side seals are recognized at the other, and the reverse.</summary>
    public static void Agree(RelayLayer client, RelayLayer server)
    {
        Crosses(client.Forward, server.Forward);
        Crosses(server.Backward, client.Backward);
    }

    /// <summary>Both seal the same bytes into the same bytes.</summary>
    public static void SameKeys(RelayLayer expected, RelayLayer actual)
    {
        // Agree has moved the layer one cell on.
        foreach (var (one, two) in new[] { (expected.Forward, actual.Forward), (expected.Backward, actual.Backward) })
        {
            one.Seal(Cell(), default);
            var (first, second) = (Cell(), Cell());
            one.Seal(first, default);
            two.Seal(second, default);
            Assert.Equal(first, second);
        }
    }

    private static void Crosses(LayerDirection from, LayerDirection to)
    {
        var (cell, sent, received) = (Cell(), new byte[20], new byte[20]);
        from.Seal(cell, sent);
        to.Crypt(cell);
        Assert.True(to.TryRecognize(cell, received));
        Assert.Equal(sent, received);
        Assert.Equal(Cell()[9..], cell[9..]);
    }

    private static byte[] Cell()
    {
        var cell = Enumerable.Range(0, LayerDirection.PayloadSize).Select(i => (byte)(i * 7)).ToArray();
        cell.AsSpan(1, 2).Clear();
        cell.AsSpan(5, 4).Clear();
        return cell;
    }
}
