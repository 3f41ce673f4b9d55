using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Network.Congestion;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Visitors;

/// <summary>
/// Takes INTRODUCE2 off the read loops, opens them, drops replays and visitors that are not let in, and has the others met.
/// Nobody hears why an introduction was dropped.
/// </summary>
internal sealed class IntroductionIntake
{
    private const int QueueLength = 1024;
    private const int RememberedCookies = 65536;

    private readonly Channel<(IntroductionPoint Point, ReadOnlyMemory<byte> Body)> _queue =
        Channel.CreateBounded<(IntroductionPoint, ReadOnlyMemory<byte>)>(new BoundedChannelOptions(QueueLength)
        {
            FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true,
        });

    private readonly ReplayCache _rendezvousCookies = new(RememberedCookies);
    private readonly Ed25519Identity _service;
    private readonly OnionServiceOptions _options;
    private readonly CookieRegistry _cookies;
    private readonly Func<IReadOnlyList<byte[]>> _subcredentials;
    private readonly Func<CongestionParameters?> _congestion;
    private readonly ILogger _logger;

    /// <summary>Creates an empty intake.</summary>
    public IntroductionIntake(
        NodeContext context,
        OnionAddress service,
        OnionServiceOptions options,
        CookieRegistry cookies,
        Func<IReadOnlyList<byte[]>> subcredentials,
        Func<CongestionParameters?> congestion)
    {
        _service = service.Identity;
        _options = options;
        _cookies = cookies;
        _subcredentials = subcredentials;
        _congestion = congestion;
        _logger = context.Loggers.CreateLogger<IntroductionIntake>();
    }

    /// <summary>Read loop: queues an introduction; when too many wait it is dropped.</summary>
    public void Offer(IntroductionPoint point, ReadOnlyMemory<byte> body) => _queue.Writer.TryWrite((point, body));

    /// <summary>Opens introductions one after the other until it is cancelled; <paramref name="meet"/> must not wait for the meeting.</summary>
    public async Task RunAsync(Action<AdmittedIntroduction> meet, CancellationToken cancellationToken)
    {
        await foreach (var (point, body) in _queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (Admit(point, body.Span) is { } admitted)
                {
                    meet(admitted);
                }
            }
            catch (Exception fault) when (fault is TorException or ObjectDisposedException)
            {
                // Malformed, or its point was closed while it waited.
                IntroductionLog.Dropped(_logger, fault.Message);
            }
        }
    }

    /// <summary>Opens one introduction; null if it is dropped.</summary>
    /// <exception cref="ProtocolException">It is malformed or not for this service.</exception>
    internal AdmittedIntroduction? Admit(IntroductionPoint point, ReadOnlySpan<byte> body)
    {
        var authKey = point.Keys.Auth.Public;
        var opened = OpenedIntroduction.Open(body, authKey, point.Keys.Encryption, _subcredentials());
        if (!point.TryCount(opened.ClientKey.Span) || !_rendezvousCookies.TryAdd(opened.Content.Cookie.Span))
        {
            IntroductionLog.Dropped(_logger, "it is a replay.");
            return null;
        }

        if (Recognize(opened, authKey) is not { } visitor)
        {
            IntroductionLog.Dropped(_logger, "it proves no valid cookie.");
            return null;
        }

        var network = _congestion();
        if (opened.WantsCongestionControl && network is null)
        {
            IntroductionLog.Dropped(_logger, "it wants congestion control, which was not offered.");
            return null;
        }

        var terms = opened.WantsCongestionControl ? new CongestionTerms(network!, network!.SendmeIncrement) : null;
        return new AdmittedIntroduction(opened, point.Keys, visitor, terms);
    }

    private Visitor? Recognize(OpenedIntroduction opened, Ed25519Identity authKey)
    {
        var proof = CookieProof.Find(opened.Content.Extensions);
        var name = proof is { } given && _cookies.Find(given.Key) is { } known && given.IsFor(opened.BindingFor(_service, authKey)) ? known : null;
        if (name is not null || !_options.RequireCookie)
        {
            return new Visitor(name, name is not null);
        }

        // A proof that is worth nothing is never as good as none: it is a cookie that was revoked.
        return proof is null && _options.AllowDescriptorOnlyCookies ? new Visitor(null, HasCookie: true) : null;
    }
}
