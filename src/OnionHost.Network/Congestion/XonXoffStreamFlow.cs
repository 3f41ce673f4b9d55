using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Congestion;

/// <summary>
/// Flow control of a stream where the circuit has congestion control (proposal 324, section 4): no window of its own, but
/// XOFF when too much waits for the application, XON when it is taken, with the rate at which that happens.
/// </summary>
internal sealed class XonXoffStreamFlow(StreamFlowParameters parameters, FlowEnd end, TimeProvider time, StreamBudget budget) : StreamFlow
{
    /// <summary>How long too much may wait before XOFF: a reader that is just being woken gets that much time.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(5);

    // Sending half.
    private SendRate _rate;
    private SignalAllowance _allowance;
    private bool _isHeld;

    // Receiving half.
    private readonly long _limit = end == FlowEnd.ExitRelay ? parameters.ExitLimit : parameters.ClientLimit;
    private DrainRate _drain;
    private long _sinceXon;
    private long _excess;
    private long _over;
    private bool _isOver;
    private bool _holdsPeer;
    private uint _rateTold;

    public override int Sendable => _isHeld ? 0 : _rate.Cells(time);

    public override TimeSpan? RetryAfter => !_isHeld && _rate.IsLimited ? _rate.Wait() : null;

    /// <summary>Bytes waiting at the peer for which it says XOFF.</summary>
    private long PeerLimit => end == FlowEnd.Onion ? parameters.ClientLimit : parameters.ExitLimit;

    public override void OnDataSent(int length)
    {
        _rate.Spend(length);
        _allowance.OnSent(length);
    }

    public override void OnSignal(RelayCommand command, ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        switch (command)
        {
            case RelayCommand.Xoff:
                XoffMessage.Read(ref reader);
                OnXoff();
                break;
            case RelayCommand.Xon:
                OnXon(XonMessage.Read(ref reader));
                break;
            default:
                throw new ProtocolException($"{command} came for a stream of a circuit with congestion control.");
        }
    }

    public override void OnDataReceived(int length) => _sinceXon += length;

    public override void OnDataTaken(long bytes, long unread) => _drain.Add(bytes, unread, _rateTold > 0, parameters, time);

    public override RelayCommand? NextSignal(long unread, bool isArriving, Span<byte> body, out int length)
    {
        CountExcess(unread);
        var writer = new SpanWriter(body);
        RelayCommand? command = null;
        if (isArriving && !_holdsPeer && IsTooMuch(unread))
        {
            _holdsPeer = true;
            _drain.Forget();
            default(XoffMessage).Write(ref writer);
            command = RelayCommand.Xoff;
        }
        else if (!isArriving && (_holdsPeer ? unread <= _limit / 2 : HasRateChanged()))
        {
            _holdsPeer = false;
            _sinceXon = 0;
            _rateTold = _drain.Average;
            new XonMessage(_rateTold).Write(ref writer);
            command = RelayCommand.Xon;
        }

        length = writer.Position;
        return command;
    }

    public override void OnReaderDone()
    {
        budget.TryChange(-_excess);
        _excess = 0;
    }

    private void OnXoff()
    {
        if (_isHeld)
        {
            throw new ProtocolException("XOFF came for a stream that it stopped already.");
        }

        if (end != FlowEnd.ExitRelay)
        {
            _allowance.OnXoff(PeerLimit);
        }

        _isHeld = true;
    }

    private void OnXon(XonMessage message)
    {
        if (end != FlowEnd.ExitRelay)
        {
            _allowance.OnXon(Math.Min(PeerLimit, parameters.RateBytes));
        }

        _isHeld = false;
        _rate.Set(message.Rate, time);
    }

    /// <summary>True if more waits than may for longer than a reader needs to wake up, and another XOFF is not against the peer's rules.</summary>
    private bool IsTooMuch(long unread)
    {
        if (unread <= _limit)
        {
            _isOver = false;
            return false;
        }

        if (!_isOver)
        {
            (_isOver, _over) = (true, time.GetTimestamp());
            return false;
        }

        return MaySignal() && time.GetElapsedTime(_over) > Grace;
    }

    private bool HasRateChanged() =>
        _rateTold > 0
        && (_drain.Average * 100L > (100L + parameters.ChangePercent) * _rateTold || _drain.Average * 100L < (100L - parameters.ChangePercent) * _rateTold)
        && MaySignal();

    /// <summary>The peer closes the circuit on signals that come more often than its limits' worth of bytes; see <see cref="SignalAllowance"/>.</summary>
    private bool MaySignal() => _sinceXon >= Math.Max(_limit, parameters.RateBytes);

    private void CountExcess(long unread)
    {
        var excess = Math.Max(0, unread - _limit);
        if (excess == _excess)
        {
            return;
        }

        var isFine = budget.TryChange(excess - _excess);
        _excess = excess;
        if (excess > StreamBudget.ForOne || !isFine)
        {
            throw new ProtocolException("More came on a stream after XOFF than could have been on its way.");
        }
    }
}
