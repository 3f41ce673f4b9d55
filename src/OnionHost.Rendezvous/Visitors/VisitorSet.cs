using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Visitors;

/// <summary>The visitors that a service has met, by circuit: meets new ones, hands their streams on, and sends them away.</summary>
internal sealed class VisitorSet : IAsyncDisposable
{
    private const int Tries = 2;
    private const int MeetingsAtOnce = 64;

    private static readonly TimeSpan MeetingLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<IVisitorCircuit, Visitor> _visitors = new();
    private readonly SemaphoreSlim _meetings = new(MeetingsAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeContext _context;
    private readonly OnionServiceOptions _options;
    private readonly IVisitorMeeting _meeting;
    private readonly CookieRegistry _cookies;
    private readonly VirtualPorts _ports;
    private readonly ILogger _logger;

    /// <summary>Creates an empty set.</summary>
    public VisitorSet(NodeContext context, OnionServiceOptions options, IVisitorMeeting meeting, CookieRegistry cookies, VirtualPorts ports)
    {
        _context = context;
        _options = options;
        _meeting = meeting;
        _cookies = cookies;
        _ports = ports;
        _logger = context.Loggers.CreateLogger<VisitorSet>();
    }

    /// <summary>A visitor came or went.</summary>
    public event Action? Changed;

    /// <summary>Joined circuits.</summary>
    public int Count => _visitors.Count;

    /// <summary>Begins to meet a visitor; when too many are there or on their way, the introduction is dropped.</summary>
    public void Meet(AdmittedIntroduction admitted)
    {
        if (_visitors.Count >= _options.MaxRendezvous || !_meetings.Wait(0))
        {
            IntroductionLog.Dropped(_logger, "as many visitors as may are here or on their way.");
            return;
        }

        _ = MeetAsync(admitted);
    }

    /// <summary>Closes the circuits of everybody who proved a cookie; gives how many they were.</summary>
    public int Dismiss(string cookieName)
    {
        var theirs = _visitors.Where(pair => string.Equals(pair.Value.CookieName, cookieName, StringComparison.OrdinalIgnoreCase)).ToList();
        foreach (var (circuit, _) in theirs)
        {
            circuit.Close();
        }

        return theirs.Count;
    }

    /// <summary>Gives up meetings on their way, and closes every circuit once the visitor has received what was sent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_options.DrainTimeout, _context.Time);
        await Task.WhenAll(_visitors.Keys.Select(circuit => EndAsync(circuit, limit.Token))).ConfigureAwait(false);
    }

    /// <summary>Closing at once would cut off the last bytes: DESTROY overtakes what relays on the way still hold.</summary>
    private static async Task EndAsync(IVisitorCircuit circuit, CancellationToken limit)
    {
        await circuit.DrainAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        circuit.Close();
    }

    private async Task MeetAsync(AdmittedIntroduction admitted)
    {
        try
        {
            using var limit = new CancellationTokenSource(MeetingLimit, _context.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
            var circuit = await JoinAsync(admitted, both.Token).ConfigureAwait(false);
            Welcome(circuit, admitted.Visitor);
        }
        catch (Exception fault) when (fault is TorException or OperationCanceledException or ObjectDisposedException)
        {
            IntroductionLog.RendezvousFailed(_logger, fault.Message);
        }
        finally
        {
            _meetings.Release();
        }
    }

    private async Task<IVisitorCircuit> JoinAsync(AdmittedIntroduction admitted, CancellationToken cancellationToken)
    {
        var content = admitted.Introduction.Content;
        var target = new RendezvousTarget(content.OnionKey, content.Specifiers);
        for (var attempt = 1; ; attempt++)
        {
            var answer = RendezvousAnswer.Create(admitted.Introduction, admitted.Keys.Auth.Public, admitted.Keys.Encryption, _context.Random, admitted.Congestion);
            try
            {
                return await _meeting.JoinAsync(target, answer, (circuit, stream) => OnStream(circuit, stream, admitted.Visitor), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (TorException) when (attempt < Tries)
            {
                answer.Dispose();
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }
    }

    private void Welcome(IVisitorCircuit circuit, Visitor visitor)
    {
        _visitors[circuit] = visitor;
        circuit.Closed.ContinueWith(
            _ =>
            {
                _visitors.TryRemove(circuit, out var _);
                Changed?.Invoke();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        // It may have ended while the circuit was built; whoever ended it has looked for visitors before this one was here.
        if (_stop.IsCancellationRequested || (visitor.CookieName is { } name && !_cookies.IsValid(name)))
        {
            circuit.Close();
        }

        Changed?.Invoke();
    }

    private void OnStream(IVisitorCircuit circuit, IVisitorStream stream, Visitor visitor)
    {
        // An unknown port or a flood ends the circuit, so that ports cannot be tried out one after the other.
        if (!_ports.TryGet(stream.Port, out var listener) || circuit.OpenStreams > _options.MaxStreamsPerCircuit)
        {
            circuit.Close();
            return;
        }

        var info = new OnionConnectionInfo(listener.Service, stream.Port, circuit.Id, visitor.CookieName, visitor.HasCookie);
        var connection = new OnionConnection(info, stream.Accept(), stream.Closed, stream.Abort, circuit.Close);
        if (!listener.TryOffer(connection))
        {
            stream.Abort();
        }
    }
}
