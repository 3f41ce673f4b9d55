using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace OnionHost.Network.Links.Floods;

/// <summary>
/// Keeps single client addresses from taking all of a relay: their connections, TLS handshakes and circuits. Addresses of
/// relays that the consensus lists are exempt, so a network that runs on one machine, where everybody has one address, never
/// limits itself. IPv6 clients count by /64, which is what one of them owns. Thread safe.
/// </summary>
internal sealed class FloodGuard(NodeContext context, int maxHalfOpen)
{
    /// <summary>More addresses than this are not watched until some are forgotten.</summary>
    private const int MostAddresses = 1 << 18;

    /// <summary>This part of all handshakes that may go on is one address's share.</summary>
    private const int HandshakeShares = 4;

    private readonly ConcurrentDictionary<IPAddress, ClientAddress> _addresses = new();
    private volatile FloodLimits _limits = FloodLimits.Default;
    private volatile FrozenSet<IPAddress> _exempt = FrozenSet<IPAddress>.Empty;
    private long _refusedConnections;
    private long _refusedCircuits;

    /// <summary>What is allowed at the moment.</summary>
    public FloodLimits Limits
    {
        get => _limits;
        set => _limits = value;
    }

    /// <summary>Connections that were closed at once.</summary>
    public long RefusedConnections => Volatile.Read(ref _refusedConnections);

    /// <summary>Circuits that were refused.</summary>
    public long RefusedCircuits => Volatile.Read(ref _refusedCircuits);

    /// <summary>How many addresses are watched.</summary>
    public int Watched => _addresses.Count;

    /// <summary>From here on these addresses are not limited: the relays of the network.</summary>
    public void Exempt(IEnumerable<IPAddress> addresses) => _exempt = addresses.Select(KeyOf).ToFrozenSet();

    /// <summary>Somebody connects: null if that is one connection, or handshake, too many.</summary>
    public Admission? TryAdmit(IPAddress remote)
    {
        var key = KeyOf(remote);
        if (_exempt.Contains(key) || Find(key, add: true) is not { } address)
        {
            return Admission.Unwatched;
        }

        var limits = _limits;
        var most = IPAddress.IsLoopback(key) ? int.MaxValue : Math.Max(1, maxHalfOpen / HandshakeShares);
        if (address.TryConnect(limits, most))
        {
            return new Admission(address);
        }

        Interlocked.Increment(ref _refusedConnections);
        return null;
    }

    /// <summary>A client makes a circuit; false if its address made too many.</summary>
    public bool TryCreate(IPAddress remote)
    {
        var limits = _limits;
        if (!limits.LimitsCircuits || Watch(remote) is not { } address
            || address.TryCreate(limits) || !limits.RefusesCircuits)
        {
            return true;
        }

        Interlocked.Increment(ref _refusedCircuits);
        return false;
    }

    /// <summary>A client's circuit had more cells than its queue takes: it asks for more than it reads.</summary>
    public void OnQueueFull(IPAddress remote)
    {
        var limits = _limits;
        if (limits is { LimitsCircuits: true, MaxFullQueues: > 0 } && Watch(remote) is { } address)
        {
            address.OnQueueFull(limits);
        }
    }

    /// <summary>Forgets addresses that have nothing open and nothing on their record.</summary>
    public void KeepUp()
    {
        foreach (var (key, address) in _addresses)
        {
            if (address.TryForget())
            {
                _addresses.TryRemove(new KeyValuePair<IPAddress, ClientAddress>(key, address));
            }
        }
    }

    private static IPAddress KeyOf(IPAddress remote)
    {
        if (remote.IsIPv4MappedToIPv6)
        {
            return remote.MapToIPv4();
        }

        if (remote.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(remote))
        {
            return remote;
        }

        Span<byte> bytes = stackalloc byte[16];
        remote.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private ClientAddress? Watch(IPAddress remote) => KeyOf(remote) is var key && _exempt.Contains(key) ? null : Find(key, add: false);

    private ClientAddress? Find(IPAddress key, bool add)
    {
        while (true)
        {
            if (_addresses.TryGetValue(key, out var known) && !known.IsForgotten)
            {
                return known;
            }

            if (!add || _addresses.Count >= MostAddresses)
            {
                return null;
            }

            if (known is not null)
            {
                _addresses.TryRemove(new KeyValuePair<IPAddress, ClientAddress>(key, known));
            }

            _addresses.TryAdd(key, new ClientAddress(context));
        }
    }
}
