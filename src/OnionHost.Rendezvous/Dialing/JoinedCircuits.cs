using System.Collections.Concurrent;
using OnionHost.Network;
using OnionHost.Network.Paths;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>
/// The circuits to onion services, one for each isolation, address and cookie. Visits that come while a circuit is on its way
/// wait for that one; a circuit without streams is closed 10 minutes after its last use.
/// </summary>
internal sealed class JoinedCircuits : IAsyncDisposable
{
    // An edge carries 1024 streams; leave some room for those that are just being opened.
    private const int FullAt = 960;

    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Key, Entry> _current = new();
    private readonly ConcurrentDictionary<Entry, byte> _replaced = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeContext _context;
    private readonly OnionConnector _connector;
    private readonly ITimer _sweeper;

    /// <summary>Creates an empty set.</summary>
    public JoinedCircuits(NodeContext context, OnionConnector connector)
    {
        _context = context;
        _connector = connector;
        _sweeper = context.Time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    /// <summary>Gives an open circuit to the service, and whether it was made for this call.</summary>
    public async Task<(IJoinedCircuit Circuit, bool IsNew)> GetAsync(
        OnionHostName name, IsolationKey isolation, CancellationToken cancellationToken)
    {
        var key = new Key(isolation, name.Address, name.Cookie is { } cookie ? Fingerprint(cookie.Label) : default);
        while (true)
        {
            var entry = _current.TryGetValue(key, out var found) && found.IsUsable ? found : Begin(key, found, name);
            try
            {
                var circuit = await entry.Circuit.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (circuit.IsOpen)
                {
                    entry.LastUsed = _context.Time.GetTimestamp();
                    return (circuit, entry != found);
                }
            }
            catch
            {
                if (entry.Circuit.Value.IsFaulted || entry.Circuit.Value.IsCanceled)
                {
                    _current.TryRemove(new(key, entry));
                }

                throw;
            }
        }
    }

    /// <summary>Closes all circuits, and gives up those on their way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweeper.DisposeAsync().ConfigureAwait(false);
        foreach (var entry in _current.Values.Concat(_replaced.Keys))
        {
            entry.Standing?.Close();
        }

        _current.Clear();
        _replaced.Clear();
    }

    private static Digest256 Fingerprint(string label)
    {
        Span<byte> digest = stackalloc byte[Digest256.Size];
        Sha3.Hash256(System.Text.Encoding.ASCII.GetBytes(label), digest);
        return new Digest256(digest);
    }

    private Entry Begin(Key key, Entry? before, OnionHostName name)
    {
        // A circuit that the other end closed hints that the descriptor is out of date: the service restarted, or the cookie
        // was revoked. Asking again tells which; the old introduction points would only be silent.
        var fresh = before?.Standing is { IsOpen: false };
        var copy = name with { Cookie = name.Cookie?.Copy() };
        var made = new Entry(new Lazy<Task<IJoinedCircuit>>(() => ConnectAsync(copy, key.Isolation, fresh))) { LastUsed = _context.Time.GetTimestamp() };
        if (before is null)
        {
            return _current.GetOrAdd(key, made);
        }

        if (!_current.TryUpdate(key, made, before))
        {
            return _current.GetOrAdd(key, made);
        }

        if (before.Standing is { IsOpen: true })
        {
            _replaced.TryAdd(before, 0);
        }

        return made;
    }

    private async Task<IJoinedCircuit> ConnectAsync(OnionHostName name, IsolationKey isolation, bool fresh)
    {
        // Not with one caller's token: others may wait for the same circuit.
        using (name.Cookie)
        {
            var circuit = await _connector.ConnectAsync(name, isolation, fresh, _stop.Token).ConfigureAwait(false);
            if (_stop.IsCancellationRequested)
            {
                circuit.Close();
            }

            return circuit;
        }
    }

    private void Sweep()
    {
        foreach (var (key, entry) in _current)
        {
            if (entry.Circuit.Value is { IsCompleted: true } && (entry.Standing is not { IsOpen: true } || IsIdle(entry)) && _current.TryRemove(new(key, entry)))
            {
                entry.Standing?.Close();
            }
        }

        foreach (var entry in _replaced.Keys)
        {
            if (entry.Standing is not { IsOpen: true, OpenStreams: > 0 } && _replaced.TryRemove(entry, out _))
            {
                entry.Standing?.Close();
            }
        }
    }

    private bool IsIdle(Entry entry) =>
        entry.Standing is { OpenStreams: 0 } && _context.Time.GetElapsedTime(entry.LastUsed) > IdleLimit;

    private readonly record struct Key(IsolationKey Isolation, OnionAddress Address, Digest256 Cookie);

    private sealed class Entry(Lazy<Task<IJoinedCircuit>> circuit)
    {
        private long _lastUsed;

        public Lazy<Task<IJoinedCircuit>> Circuit => circuit;

        public long LastUsed
        {
            get => Volatile.Read(ref _lastUsed);
            set => Volatile.Write(ref _lastUsed, value);
        }

        /// <summary>The circuit if it was joined, closed or not; null while it is on its way or when it failed.</summary>
        public IJoinedCircuit? Standing => circuit is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } ? circuit.Value.Result : null;

        public bool IsUsable => !circuit.IsValueCreated || (!circuit.Value.IsCompleted || Standing is { IsOpen: true, OpenStreams: < FullAt });
    }
}
