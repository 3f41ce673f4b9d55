using OnionHost.Network.Circuits;

namespace OnionHost.Network.Congestion;

/// <summary>
/// Congestion control of an edge (proposal 324): as many cells on their way as <see cref="VegasWindow"/> allows, and a SENDME
/// for every few of them, which proves their arrival and measures the round trip.
/// </summary>
internal sealed class VegasCircuitFlow : CircuitFlow
{
    private readonly CongestionTerms _terms;
    private readonly FlowEnd _end;
    private readonly TimeProvider _time;
    private readonly SendmeTags _tags;
    private readonly StreamBudget _budget = new();
    private VegasWindow _window;
    private long _inFlight;
    private int _untilAnswered;
    private int _untilAnswer;
    private bool _padded;
    private bool _isBlocked;

    public VegasCircuitFlow(CongestionTerms terms, FlowEnd end, TimeProvider time)
    {
        _terms = terms;
        _end = end;
        _time = time;
        _window = new VegasWindow(terms.Parameters, Thresholds(terms.Parameters, end), terms.SendmeIncrement);
        _tags = new SendmeTags(2 + (terms.Parameters.InitialWindow / terms.SendmeIncrement));
        _untilAnswered = _untilAnswer = terms.SendmeIncrement;
    }

    /// <summary>The window and what it was made from, for logs and tests.</summary>
    public VegasWindow Window => _window;

    /// <summary>Cells that were sent and not acknowledged.</summary>
    public long InFlight => _inFlight;

    public override int Sendable => (int)Math.Clamp(_window.Cells - _inFlight, 0, int.MaxValue);

    public override bool WantsPadding => _untilAnswered == 1 && !_padded;

    public override int CellsToReceipt => _untilAnswered;

    public override bool IsAcknowledged => _tags.Count == 0;

    public override void OnDataSent(ReadOnlySpan<byte> tag, int spare)
    {
        _inFlight++;
        _padded |= spare >= RandomPadding;
        if (--_untilAnswered > 0)
        {
            return;
        }

        _untilAnswered = _terms.SendmeIncrement;
        _padded = false;
        _tags.Add(tag, _time.GetTimestamp());
    }

    public override void OnSendme(ReadOnlySpan<byte> body, int queued)
    {
        var elapsed = _time.GetElapsedTime(_tags.Take(body, acceptUntagged: false));
        _isBlocked = queued >= _terms.Parameters.QueueHigh || (_isBlocked && queued > _terms.Parameters.QueueLow);
        _window.OnSendme(elapsed.Ticks / TimeSpan.TicksPerMicrosecond, _inFlight, _isBlocked, queued);
        _inFlight -= _terms.SendmeIncrement;
    }

    public override bool OnDataReceived()
    {
        if (--_untilAnswer > 0)
        {
            return false;
        }

        _untilAnswer = _terms.SendmeIncrement;
        return true;
    }

    public override StreamFlow NewStream() => new XonXoffStreamFlow(_terms.Parameters.Streams, _end, _time, _budget);

    private static VegasThresholds Thresholds(CongestionParameters parameters, FlowEnd end) => end switch
    {
        FlowEnd.Onion => parameters.Onion,
        FlowEnd.ShortClient => parameters.Short,
        _ => parameters.Exit,
    };
}
