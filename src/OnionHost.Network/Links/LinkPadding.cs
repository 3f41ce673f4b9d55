using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Network.Links;

/// <summary>
/// Sends a cell now and then while a link with a client on it is quiet, so that the routers between keep one record of the
/// whole flow (padding-spec 2). Begins when the link has carried a circuit of several hops; the client may ask for less, or none.
/// </summary>
internal sealed class LinkPadding : IDisposable
{
    private readonly Lock _lock = new();
    private readonly NodeContext _context;
    private readonly Link _link;
    private readonly Func<NetworkParameters> _parameters;
    private ITimer? _timer;
    private TimeSpan _silence;
    private int _low;
    private int _high;
    private bool _refused;
    private volatile bool _began;
    private bool _disposed;

    /// <summary>Sends nothing before <see cref="Begin"/>.</summary>
    public LinkPadding(NodeContext context, Link link, Func<NetworkParameters> parameters)
    {
        _context = context;
        _link = link;
        _parameters = parameters;
    }

    /// <summary>Padding cells sent.</summary>
    public int Sent { get; private set; }

    /// <summary>True if the client wants none.</summary>
    public bool IsRefused => Volatile.Read(ref _refused);

    /// <summary>The link carries circuits of several hops. Cheap after the first time.</summary>
    public void Begin()
    {
        if (_began)
        {
            return;
        }

        lock (_lock)
        {
            if (!_began && !_disposed)
            {
                _began = true;
                _silence = Draw();
                _timer = _context.Time.CreateTimer(static padding => ((LinkPadding)padding!).OnTimer(), this, _silence, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>PADDING_NEGOTIATE: the client's wishes; it cannot have more padding than the network's parameters say.</summary>
    public void OnNegotiate(ReadOnlySpan<byte> payload, ILogger logger)
    {
        if (!_link.MayNegotiatePadding)
        {
            return;
        }

        try
        {
            var reader = new SpanReader(payload);
            Negotiate(PaddingNegotiateCell.Read(ref reader));
        }
        catch (ProtocolException e)
        {
            LinkLog.PaddingIgnored(logger, e.Message);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Negotiate(PaddingNegotiateCell wish)
    {
        lock (_lock)
        {
            Volatile.Write(ref _refused, !wish.Start);
            _low = wish.LowMilliseconds;
            _high = Math.Max(_low, wish.HighMilliseconds);
            _silence = Draw();
            _timer?.Change(_silence, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            var silence = _link.Silence;
            if (silence >= _silence && _silence != Timeout.InfiniteTimeSpan && _link.QueuedCellsTotal == 0)
            {
                Sent++;
                _link.SendPadding();
                silence = TimeSpan.Zero;
            }

            // Drawn anew also if there was traffic: else the end that drew the shorter time once would go on padding alone.
            _silence = Draw();
            _timer!.Change(_silence > silence ? _silence - silence : _silence, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The greater of two draws: both ends pad, and the sooner of the two cells falls in the middle of the range then.</summary>
    private TimeSpan Draw()
    {
        var times = new LinkPaddingTimes(_parameters());
        if (_refused || times is { Low: 0, High: 0 } || (_link.IsBetweenRelays && !times.PadsBetweenRelays))
        {
            return Timeout.InfiniteTimeSpan;
        }

        var low = Math.Max(times.Low, _low);
        var high = Math.Max(times.High, _high);
        var more = high > low ? Math.Max(_context.Random.Next(high - low), _context.Random.Next(high - low)) : 0;
        return TimeSpan.FromMilliseconds(Math.Max(1, low + more));
    }
}
