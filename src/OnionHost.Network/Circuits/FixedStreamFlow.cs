using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>A stream's fixed window: 500 cells, 50 more with every SENDME (tor-spec 7.4).</summary>
internal sealed class FixedStreamFlow : StreamFlow
{
    /// <summary>DATA cells that may be unacknowledged.</summary>
    public const int Window = 500;

    /// <summary>DATA cells that one SENDME acknowledges.</summary>
    public const int Increment = 50;

    /// <summary>With this many cells' worth waiting for the application, the peer is not asked for more.</summary>
    public const int UnreadCells = 10;

    private int _package = Window;
    private int _deliver = Window;

    public override int Sendable => _package;

    public override void OnDataSent(int length) => _package--;

    public override void OnSignal(RelayCommand command, ReadOnlySpan<byte> body)
    {
        if (command != RelayCommand.Sendme)
        {
            return; // XON and XOFF belong to congestion control, which was not agreed on.
        }

        if (_package + Increment > Window)
        {
            throw new ProtocolException("A stream SENDME acknowledges cells that were never sent.");
        }

        _package += Increment;
    }

    public override void OnDataReceived(int length)
    {
        if (--_deliver < 0)
        {
            throw new ProtocolException("A stream got more cells than its window allows.");
        }
    }

    public override RelayCommand? NextSignal(long unread, bool isArriving, Span<byte> body, out int length)
    {
        // While half the window is open the peer keeps sending, and the answer can ride with the next cells that arrive.
        length = 0;
        if (_deliver > (isArriving ? Window - Increment : Window / 2) || unread >= UnreadCells * RelayMessage.BodyMax)
        {
            return null;
        }

        _deliver += Increment;
        return RelayCommand.Sendme;
    }
}
