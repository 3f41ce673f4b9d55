namespace OnionHost.Network.Congestion;

/// <summary>
/// The congestion window of Tor-Vegas (proposal 324, section 3.3). From the shortest and the present round trip it tells how
/// many of a window's cells are queued on the way, and keeps that number between two thresholds. Pure: it knows no clock
/// and sends nothing.
/// </summary>
internal struct VegasWindow
{
    private readonly CongestionParameters _parameters;
    private readonly VegasThresholds _thresholds;
    private readonly int _increment;
    private RoundTrips _roundTrips;
    private long _nextChange;
    private long _nextWindow;

    /// <summary>Starts in slow start.</summary>
    /// <param name="parameters">What the network says.</param>
    /// <param name="thresholds">Those of the path.</param>
    /// <param name="sendmeIncrement">DATA cells for each SENDME, as agreed.</param>
    public VegasWindow(CongestionParameters parameters, VegasThresholds thresholds, byte sendmeIncrement)
    {
        _parameters = parameters;
        _thresholds = thresholds;
        _increment = sendmeIncrement;
        Cells = parameters.InitialWindow;
        IsSlowStart = true;
        _nextChange = ChangePeriod;
    }

    /// <summary>Cells that may be on their way.</summary>
    public long Cells { get; private set; }

    /// <summary>Cells that the path holds without queueing: bandwidth times delay.</summary>
    public long PathCells { get; private set; }

    /// <summary>True until the first sign of a queue.</summary>
    public bool IsSlowStart { get; private set; }

    /// <summary>True if the window was in use lately: only then it may grow.</summary>
    public bool IsFull { get; private set; }

    /// <summary>True if our own link was blocked at the last SENDME.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>What was measured so far.</summary>
    public readonly RoundTrips RoundTrips => _roundTrips;

    /// <summary>SENDMEs for each window, rounded.</summary>
    private readonly long SendmesPerWindow => (Cells + (_increment / 2)) / _increment;

    /// <summary>SENDMEs between two changes of the window.</summary>
    private readonly long ChangePeriod
    {
        get
        {
            var cells = (long)_parameters.WindowIncrementRate * _increment;
            return IsSlowStart ? 1 : (Cells + (cells / 2)) / cells;
        }
    }

    private readonly int AverageCount => Math.Max(
        2,
        IsSlowStart
            ? _parameters.AverageInSlowStart
            : (int)Math.Min(ChangePeriod * _parameters.AveragePercent / 100, _parameters.AverageMax));

    /// <summary>A SENDME came.</summary>
    /// <param name="roundTrip">Microseconds since the cell that it answers.</param>
    /// <param name="inFlight">Cells on their way, those that it acknowledges included.</param>
    /// <param name="isBlocked">True if our link does not take the circuit's cells as fast as they come.</param>
    /// <param name="queued">The circuit's cells that wait there.</param>
    public void OnSendme(long roundTrip, long inFlight, bool isBlocked, int queued)
    {
        _nextChange = Math.Max(0, _nextChange - 1);
        _nextWindow = Math.Max(0, _nextWindow - 1);
        if (!TryEstimate(roundTrip, isBlocked, queued))
        {
            return;
        }

        NoteFullness(inFlight);
        var queue = Math.Max(0, Cells - PathCells);
        if (IsSlowStart)
        {
            StepInSlowStart(queue);
        }
        else if (_nextChange == 0)
        {
            Step(queue);
        }

        _nextWindow = _nextWindow == 0 ? SendmesPerWindow : _nextWindow;
        _nextChange = _nextChange == 0 ? ChangePeriod : _nextChange;
        if (_parameters.FullPerWindow ? _nextWindow == SendmesPerWindow : _nextChange == ChangePeriod)
        {
            IsFull = false;
        }

        Cells = Math.Min(Cells, _parameters.LargestWindow);
    }

    private bool TryEstimate(long roundTrip, bool isBlocked, int queued)
    {
        var isSmallest = Cells == _parameters.SmallestWindow && !IsSlowStart;
        var isMeasured = _roundTrips.TryAdd(
            roundTrip, AverageCount, IsSlowStart, isSmallest ? _parameters.RoundTripResetPercent : null);
        if (_roundTrips.Average == 0)
        {
            // The clock has never run. What is queued at our own link is all that is known.
            PathCells = isBlocked ? Math.Max(Cells - queued, _parameters.SmallestWindow) : Cells;
            IsBlocked = isBlocked;
            return isBlocked;
        }

        PathCells = Cells * _roundTrips.Shortest / _roundTrips.Average;
        if (isBlocked != IsBlocked)
        {
            IsBlocked = isBlocked;
            _nextChange = 0;
        }

        return isBlocked || isMeasured;
    }

    private void NoteFullness(long inFlight)
    {
        if (inFlight + ((long)_parameters.FullGap * _increment) >= Cells)
        {
            IsFull = true;
        }
        else if (100 * inFlight < _parameters.FullMinPercent * Cells)
        {
            IsFull = false;
        }
    }

    private void StepInSlowStart(long queue)
    {
        if (queue >= _thresholds.Gamma || IsBlocked)
        {
            Cells = PathCells + _thresholds.Gamma;
            IsSlowStart = false;
        }
        else if (IsFull)
        {
            var more = SlowStartIncrement();
            Cells += more;
            if (more * SendmesPerWindow <= (long)_parameters.WindowIncrement * _parameters.WindowIncrementRate)
            {
                IsSlowStart = false;
            }
        }

        if (Cells >= _parameters.SlowStartMax)
        {
            Cells = _parameters.SlowStartMax;
            IsSlowStart = false;
        }
    }

    /// <summary>Limited slow start (RFC 3742): a SENDME's cells up to the cap, less and less above it.</summary>
    private readonly long SlowStartIncrement() => Cells <= _thresholds.SlowStartCap
        ? (((long)_parameters.SlowStartPercent * _increment) + 50) / 100
        : Math.Max(1, (((long)_increment * _thresholds.SlowStartCap) + Cells) / (2 * Cells));

    private void Step(long queue)
    {
        if (queue > _thresholds.Delta)
        {
            Cells = PathCells + _thresholds.Delta - _parameters.WindowIncrement;
        }
        else if (queue > _thresholds.Beta || IsBlocked)
        {
            Cells -= _parameters.WindowIncrement;
        }
        else if (IsFull && queue < _thresholds.Alpha)
        {
            Cells += _parameters.WindowIncrement;
        }

        Cells = Math.Max(Cells, _parameters.SmallestWindow);
    }
}
