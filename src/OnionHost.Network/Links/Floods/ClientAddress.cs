using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Links.Floods;

/// <summary>What one client address has open, and what is held against it. Thread safe.</summary>
internal sealed class ClientAddress(NodeContext context)
{
    private readonly Lock _lock = new();
    private FloodLimits? _limits;
    private TokenBucket? _connects;
    private TokenBucket? _circuits;
    private int _connections;
    private int _handshakes;
    private int _fullQueues;
    private long _connectsMarkedUntil = long.MinValue;
    private long _circuitsMarkedUntil = long.MinValue;

    /// <summary>Nobody finds it any more: whoever still holds it looks for another.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>One more connection, whose handshake begins; false if that is too many.</summary>
    public bool TryConnect(FloodLimits limits, int maxHandshakes)
    {
        lock (_lock)
        {
            Take(limits);
            if (_handshakes >= maxHandshakes || (limits.LimitsConnections && !MayConnect(limits) && limits.ClosesConnections))
            {
                return false;
            }

            _connections++;
            _handshakes++;
            return true;
        }
    }

    /// <summary>A handshake is over. It was a client's, or the connection counts no more.</summary>
    public void OnHandshakeDone(bool isClient)
    {
        lock (_lock)
        {
            _handshakes--;
            _connections -= isClient ? 0 : 1;
        }
    }

    /// <summary>A client's link closed.</summary>
    public void OnClosed()
    {
        lock (_lock)
        {
            _connections--;
        }
    }

    /// <summary>One more circuit; false if the address is marked for making too many.</summary>
    public bool TryCreate(FloodLimits limits)
    {
        lock (_lock)
        {
            Take(limits);

            // Counted while it is marked, too: whoever goes on stays marked.
            if (!_circuits!.TrySpend() && _connections >= limits.CircuitMinConnections)
            {
                _circuitsMarkedUntil = MarkUntil(limits.CircuitDefence);
            }

            return _circuitsMarkedUntil < Now;
        }
    }

    /// <summary>A circuit had more cells waiting than it may.</summary>
    public void OnQueueFull(FloodLimits limits)
    {
        lock (_lock)
        {
            if (_circuitsMarkedUntil < Now && ++_fullQueues >= limits.MaxFullQueues)
            {
                _circuitsMarkedUntil = MarkUntil(limits.CircuitDefence);
                _fullQueues = 0;
            }
        }
    }

    /// <summary>True, and it is forgotten, if it is as good as new.</summary>
    public bool TryForget()
    {
        lock (_lock)
        {
            IsForgotten = _connections == 0 && _handshakes == 0 && _circuitsMarkedUntil < Now && _connectsMarkedUntil < Now
                && _connects is not { IsFull: false } && _circuits is not { IsFull: false };
            return IsForgotten;
        }
    }

    private long Now => context.Time.GetTimestamp();

    private bool MayConnect(FloodLimits limits)
    {
        if (_connectsMarkedUntil >= Now)
        {
            return false;
        }

        if (!_connects!.TrySpend())
        {
            _connectsMarkedUntil = MarkUntil(limits.ConnectDefence);
            return false;
        }

        return _connections < limits.MaxConnections;
    }

    private void Take(FloodLimits limits)
    {
        if (!ReferenceEquals(limits, _limits))
        {
            _limits = limits;
            _connects = new TokenBucket(context.Time, limits.ConnectRate, limits.ConnectBurst);
            _circuits = new TokenBucket(context.Time, limits.CircuitRate, limits.CircuitBurst);
        }
    }

    /// <summary>Up to half longer than said, so that nobody can count on it.</summary>
    private long MarkUntil(TimeSpan defence) =>
        Now + (long)(defence.TotalSeconds * (1 + (context.Random.NextDouble() / 2)) * context.Time.TimestampFrequency);
}
