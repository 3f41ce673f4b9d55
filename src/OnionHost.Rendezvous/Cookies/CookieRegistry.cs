using System.Security.Cryptography;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>The cookies of one onion service: issue, list and revoke while it runs. Safe to use from any thread.</summary>
public sealed class CookieRegistry
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredCookie> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Ed25519Identity, string> _byProof = [];
    private readonly NodeContext _context;
    private readonly ICookieStore? _store;
    private readonly ITimer _expiry;
    private readonly int _capacity;

    /// <summary>Loads what <paramref name="store"/> holds; null keeps cookies in memory only.</summary>
    internal CookieRegistry(NodeContext context, ICookieStore? store, int capacity)
    {
        _context = context;
        _store = store;
        _capacity = capacity;
        _expiry = context.Time.CreateTimer(_ => DropExpired(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var cookie in store?.Load() ?? [])
        {
            Add(cookie);
        }

        DropExpired();
    }

    /// <summary>Something was issued, revoked, or has expired.</summary>
    public event Action? Changed;

    /// <summary>A cookie ended; its visitors have to go.</summary>
    internal event Action<string>? Ended;

    /// <summary>Makes a cookie. It works for visitors as soon as the service's new descriptor is published, within seconds.</summary>
    /// <param name="name">1 to 64 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; not beginning with a dot; in use by no other cookie, in either case.</param>
    /// <param name="expires">When it ends by itself; null if never.</param>
    /// <returns>The secret for the visitor. It is kept nowhere: who loses it gets a new one.</returns>
    /// <exception cref="TorException">The name is malformed or in use, the time is past, or there are too many cookies.</exception>
    public OnionCookie Issue(string name, DateTimeOffset? expires = null)
    {
        CookieName.Check(name);
        if (expires <= _context.Now)
        {
            throw new TorException(TorErrorKind.Local, $"The cookie '{name}' would end before it begins: {expires:u} has passed.");
        }

        var cookie = OnionCookie.Generate(_context.Random);
        using var descriptor = cookie.DescriptorKey();
        using var proof = cookie.ProofKey();
        lock (_lock)
        {
            if (_byName.ContainsKey(name))
            {
                throw new TorException(TorErrorKind.Local, $"A cookie named '{name}' exists; revoke it first, or take another name.");
            }

            if (_byName.Count >= _capacity)
            {
                throw new TorException(TorErrorKind.Local, $"A descriptor has room for {_capacity} cookies with this many introduction points; revoke one first.");
            }

            var stored = new StoredCookie(name, descriptor.Public, proof.Public, _context.Now, expires);
            _store?.Save(stored);
            Add(stored);
            ArmExpiry();
        }

        Changed?.Invoke();
        return cookie;
    }

    /// <summary>The cookies that are valid now, by name.</summary>
    public IReadOnlyList<CookieInfo> List() => [.. Valid().Select(cookie => cookie.ToInfo()).OrderBy(info => info.Name, StringComparer.Ordinal)];

    /// <summary>
    /// Ends a cookie: its visitors' circuits are closed, nobody else's, and a descriptor that it cannot decrypt is published.
    /// </summary>
    /// <returns>False if there is no cookie of that name.</returns>
    public bool Revoke(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string stored;
        lock (_lock)
        {
            if (!_byName.TryGetValue(name, out var cookie))
            {
                return false;
            }

            stored = cookie.Name;
            _store?.Delete(stored);
            Remove(cookie);
        }

        Announce([stored]);
        return true;
    }

    /// <summary>
    /// The name that <paramref name="cookie"/> was issued under; null if it is not valid here. It takes the same time whichever
    /// cookie matches: this is for secrets that visitors show, as in the host name of a request.
    /// </summary>
    public string? Find(OnionCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        using var key = cookie.DescriptorKey();
        var shown = key.Public;
        string? name = null;
        foreach (var valid in Valid())
        {
            name = CryptographicOperations.FixedTimeEquals(valid.DescriptorKey.Span, shown.Span) ? valid.Name : name;
        }

        return name;
    }

    /// <summary>The name of the valid cookie with this proof key; null if there is none.</summary>
    internal string? Find(Ed25519Identity proofKey)
    {
        lock (_lock)
        {
            return _byProof.TryGetValue(proofKey, out var name) && !_byName[name].HasExpired(_context.Now) ? name : null;
        }
    }

    /// <summary>True if a cookie of that name is valid now.</summary>
    internal bool IsValid(string name)
    {
        lock (_lock)
        {
            return _byName.TryGetValue(name, out var cookie) && !cookie.HasExpired(_context.Now);
        }
    }

    /// <summary>The keys that the descriptor is encrypted to.</summary>
    internal IReadOnlyList<Curve25519PublicKey> DescriptorKeys() => [.. Valid().Select(cookie => cookie.DescriptorKey)];

    /// <summary>Stops the clock of expiry.</summary>
    internal void Stop() => _expiry.Dispose();

    private List<StoredCookie> Valid()
    {
        lock (_lock)
        {
            return [.. _byName.Values.Where(cookie => !cookie.HasExpired(_context.Now))];
        }
    }

    private void DropExpired()
    {
        List<StoredCookie> ended;
        lock (_lock)
        {
            ended = [.. _byName.Values.Where(cookie => cookie.HasExpired(_context.Now))];
            foreach (var cookie in ended)
            {
                Remove(cookie);
                _store?.Delete(cookie.Name);
            }

            ArmExpiry();
        }

        Announce([.. ended.Select(cookie => cookie.Name)]);
    }

    private void Announce(IReadOnlyList<string> ended)
    {
        foreach (var name in ended)
        {
            Ended?.Invoke(name);
        }

        if (ended.Count > 0)
        {
            Changed?.Invoke();
        }
    }

    private void Add(StoredCookie cookie)
    {
        if (_byName.TryAdd(cookie.Name, cookie) && cookie.ProofKey is { } proof)
        {
            _byProof[proof] = cookie.Name;
        }
    }

    private void Remove(StoredCookie cookie)
    {
        _byName.Remove(cookie.Name);
        if (cookie.ProofKey is { } proof)
        {
            _byProof.Remove(proof);
        }
    }

    private void ArmExpiry()
    {
        var next = _byName.Values.Min(cookie => cookie.Expires);
        if (next is { } at)
        {
            // A timer takes at most 49 days; a nearer one finds nothing to do and arms the next.
            // It cuts off parts of a millisecond, too, so these are rounded up.
            var due = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((at - _context.Now).TotalMilliseconds)));
            _expiry.Change(due > LongestTimer ? LongestTimer : due, Timeout.InfiniteTimeSpan);
        }
    }
}
