using OnionHost.Network.Congestion;
using OnionHost.Protocol;

namespace OnionHost.Network.Circuits;

/// <summary>
/// A circuit's fixed window: 1000 DATA cells, 100 more with every SENDME, which proves with the tag of the hundredth
/// cell that it was received (tor-spec 7.3, proposal 289).
/// </summary>
internal sealed class FixedCircuitFlow : CircuitFlow
{
    /// <summary>DATA cells that may be unacknowledged.</summary>
    public const int Window = 1000;

    /// <summary>DATA cells that one SENDME acknowledges.</summary>
    public const int Increment = 100;

    private readonly bool _acceptUntagged;
    private readonly SendmeTags _tags = new(Window / Increment);
    private int _package = Window;
    private int _deliver = Window;
    private bool _padded;

    /// <summary>Creates full windows.</summary>
    /// <param name="acceptUntagged">True where stock tor still takes SENDMEs of version 0: on CREATE_FAST circuits.</param>
    public FixedCircuitFlow(bool acceptUntagged)
    {
        _acceptUntagged = acceptUntagged;
    }

    public override int Sendable => _package;

    public override bool WantsPadding => !_padded && (_package - 1) % Increment == 0;

    public override int CellsToReceipt => _package % Increment is > 0 and var left ? left : Increment;

    public override bool IsAcknowledged => _tags.Count == 0;

    public override void OnDataSent(ReadOnlySpan<byte> tag, int spare)
    {
        _padded |= spare >= RandomPadding;
        if (--_package % Increment != 0)
        {
            return;
        }

        _padded = false;
        _tags.Add(tag, sent: 0);
    }

    public override void OnSendme(ReadOnlySpan<byte> body, int queued)
    {
        _tags.Take(body, _acceptUntagged);
        _package += Increment;
    }

    public override bool OnDataReceived()
    {
        if (--_deliver < 0)
        {
            throw new ProtocolException("A circuit got more cells than its window allows.");
        }

        if (_deliver > Window - Increment)
        {
            return false;
        }

        _deliver += Increment;
        return true;
    }

    public override StreamFlow NewStream() => new FixedStreamFlow();
}
