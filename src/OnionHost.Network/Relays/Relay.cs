using System.Net;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Directory;
using OnionHost.Network.Links;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Relays;

/// <summary>
/// A relay: accepts links, answers handshakes, passes cells on. Everything else is a role that was added before
/// <see cref="StartAsync"/>; the exit role is, if the policy lets anything out.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private static readonly TimeSpan Upkeep = TimeSpan.FromHours(1);
    private static readonly TimeSpan BandwidthSettles = TimeSpan.FromDays(1);
    private static readonly TimeSpan BandwidthPause = TimeSpan.FromHours(3);

    private readonly NodeContext _context;
    private readonly RelayOptions _options;
    private readonly RelayRoles _roles = new();
    private readonly OnionskinPool _onionskins;
    private readonly DateTimeOffset _started;
    private readonly KnownRelays? _known;
    private LinkListener? _listener;
    private LinkListener? _listenerIPv6;
    private BackgroundLoop? _renewal;
    private RelayMetrics? _metrics;
    private (DateTimeOffset At, long Bandwidth) _described;
    private int _disposed;

    /// <summary>Makes a relay that does not listen yet. The keys stay the caller's.</summary>
    /// <param name="context">Time, randomness, logs.</param>
    /// <param name="options">What it does.</param>
    /// <param name="keys">Who it is.</param>
    /// <param name="view">The network that it is part of, as far as it knows; null for a relay without one.</param>
    /// <exception cref="TorException">The options are wrong; the message says all that is.</exception>
    public Relay(NodeContext context, RelayOptions options, RelayKeys keys, Func<NetworkView?>? view = null)
    {
        if (options.Faults() is { Count: > 0 } faults)
        {
            throw new TorException(TorErrorKind.Local, "The relay cannot run with these options. " + string.Join(' ', faults));
        }

        _context = context;
        _options = options;
        _started = context.Now;
        _known = view is null ? null : new KnownRelays(view);
        Keys = keys;
        Links = new LinkTable(context, LinkOptionsOf(options, keys) with { Parameters = () => view?.Invoke()?.Parameters ?? NetworkParameters.Empty });
        var identity = new CircuitIdentity(keys.Fingerprint, keys.Identity, () => keys.NtorKeys) { Congestion = () => Congestion() };
        _onionskins = new OnionskinPool(context, identity, options.MaxWaitingHandshakes);
        var extender = new RelayExtender(
            identity, async (target, stop) => await Links.GetAsync(target, stop).ConfigureAwait(false), options.AllowPrivateAddresses, options.ExtendTimeout, _known);
        Links.Floods.Limits = options.Floods.Over(FloodLimits.Default);
        _roles.Limits = () => Links.Floods.Limits;
        Links.Acceptor = new CircuitAcceptor(context, _onionskins, extender, _roles);
        _roles.Circuits.Add(new NoCircuitPadding());
        AddExitRole();
    }

    /// <summary>Something that the descriptor says about its use is out of date: it has to be published again.</summary>
    public event Action? Changed;

    /// <summary>What it does on circuits. Fill it before starting.</summary>
    public IList<IRelayRole> Roles => _roles.Circuits;

    /// <summary>What it does with streams; the first role that takes one has it. Fill it before starting.</summary>
    public IList<IStreamRole> StreamRoles => _roles.Streams;

    public RelayKeys Keys { get; }

    public LinkTable Links { get; }

    public RelayOptions Options => _options;

    /// <summary>What the network says at the moment about congestion control; null refuses it.</summary>
    public Func<CongestionParameters?> Congestion { get; set; } = () => CongestionParameters.Default;

    /// <summary>Where it accepts links.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public IPEndPoint OrEndPoint => _listener?.EndPoint ?? throw new InvalidOperationException("The relay was not started.");

    /// <summary>Accepts links from here on.</summary>
    /// <exception cref="TorException">The port is in use or not allowed.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _listener = LinkListener.Start(_context, Links, _options.Listen);
        _listenerIPv6 = _options.ListenIPv6 is { } six ? LinkListener.Start(_context, Links, six) : null;
        _renewal = BackgroundLoop.Every(Upkeep, "relay upkeep", _context, _ => KeepUp());
        _metrics = new RelayMetrics(_options.Nickname.ToString(), Links, _onionskins, _roles);
        RelayLog.Started(_context.Loggers.CreateLogger<Relay>(), _options.Nickname.ToString(), OrEndPoint.Port);
        return Task.CompletedTask;
    }

    /// <summary>Does from here on what a consensus says: rotates, takes turns and limits clients by its parameters, and does not limit its relays.</summary>
    public void Follow(NetworkView view)
    {
        var parameters = view.Parameters;
        Links.Floods.Limits = _options.Floods.Over(FloodLimits.From(parameters));
        Links.Floods.Exempt(view.Consensus.Relays.SelectMany(relay => relay.ExtraAddresses.Select(a => a.Address).Prepend(relay.Address)));
        Links.Traffic.Follow(parameters);
        Keys.Follow(parameters);
        _onionskins.LongestWait = TimeSpan.FromSeconds(parameters.GetInt("onion_queue_wait_cutoff", 5, 0));
    }

    /// <summary>This relay as the hop of a circuit, at the addresses that it advertises.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public HopTarget ToHop()
    {
        var (first, second) = Addresses;
        return HopTarget.At(Keys.Fingerprint, Keys.Identity, Keys.NtorKeys.Current.Public, second is null ? [first] : [first, second]);
    }

    /// <summary>The descriptor of the moment and its extra-info, newly signed.</summary>
    /// <exception cref="TorException">The signing key's certificate has ended, and the master key is kept elsewhere.</exception>
    public RelayDocuments Describe()
    {
        Keys.ThrowIfEnded();
        var observed = Observed;
        _described = (_context.Now, observed);
        return RelayDescriptor.Build(_context, _options, Keys, Addresses, new RelayUse(_started, observed));
    }

    /// <summary>Closes every link and circuit.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _metrics?.Dispose();
        if (_renewal is not null)
        {
            await _renewal.DisposeAsync().ConfigureAwait(false);
        }

        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }

        if (_listenerIPv6 is not null)
        {
            await _listenerIPv6.DisposeAsync().ConfigureAwait(false);
        }

        await Links.DisposeAsync().ConfigureAwait(false);
        await _onionskins.DisposeAsync().ConfigureAwait(false);
    }

    private RelayAddresses Addresses => RelayAddresses.Of(_options, OrEndPoint, _listenerIPv6?.EndPoint);

    private long Observed => Math.Max(_options.BandwidthClaimed, Links.Traffic.History.Observed);

    private static LinkOptions LinkOptionsOf(RelayOptions options, RelayKeys keys) => new()
    {
        Credentials = () => keys.LinkCredentials,
        OwnAddresses = RelayAddresses.Of(options, options.Listen, options.ListenIPv6).Addresses,
        Bandwidth = options.Bandwidth,
        BandwidthPerLink = options.BandwidthPerLink,
        MaxMemoryInQueues = options.MaxMemoryInQueues,
    };

    private Task KeepUp()
    {
        Keys.Renew();

        // A new relay soon learns how much it can carry; later, the daily descriptor says it early enough.
        var (at, bandwidth) = _described;
        var observed = Observed;
        if (_context.Now - _started < BandwidthSettles && at != default && _context.Now - at >= BandwidthPause
            && (observed > 2 * bandwidth || observed < bandwidth / 2))
        {
            Changed?.Invoke();
        }

        return Task.CompletedTask;
    }

    private void AddExitRole()
    {
        if (_options.Policy.ToString() == ExitPolicy.RejectAll.ToString())
        {
            return;
        }

        _roles.Streams.Add(new ExitRole(_context, new ExitOptions(_options.Policy)
        {
            AllowPrivateAddresses = _options.AllowPrivateAddresses,
            Resolver = _options.Resolver ?? new SystemExitResolver(),
            Refuses = _options.ExitRefuses,
            Traffic = Links.Traffic,
            Known = _known,
        }));
    }
}
