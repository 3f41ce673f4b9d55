using System.Runtime.CompilerServices;
using OnionHost.Network;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Introductions;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>
/// Brings a circuit to an onion service: descriptor, rendezvous, introduction (rend-spec-v3 1.3). When one introduction point
/// fails it takes the next; when the service does not come it waits for it elsewhere, by another point; when all fail it asks
/// for a newer descriptor and tries once more, and then looks a few times whether a service that is just moving has put one up.
/// </summary>
internal sealed class OnionConnector
{
    // A service that was told of a visit and does not come may have failed to reach the rendezvous point. Twice in a row it means it.
    private const int SilencesBelieved = 2;

    // A service that lost its introduction points has others after a second or two, and then uploads its descriptor.
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3)];

    /// <summary>Nobody waits for a service that moves when so much time is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan IntroductionLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ArrivalLimit = TimeSpan.FromSeconds(30);

    private readonly NodeContext _context;
    private readonly IServiceDirectory _directory;
    private readonly IVisitorCircuits _circuits;

    /// <summary>Creates a connector.</summary>
    public OnionConnector(NodeContext context, IServiceDirectory directory, IVisitorCircuits circuits)
    {
        _context = context;
        _directory = directory;
        _circuits = circuits;
    }

    private enum Outcome
    {
        Joined,
        Refused,
        IntroductionTimedOut,
        ServiceSilent,
        RendezvousFailed,
    }

    /// <summary>Gives a circuit whose far end is the service.</summary>
    /// <param name="name">The service, and the cookie if there is one.</param>
    /// <param name="isolation">Whose lookups may be shared.</param>
    /// <param name="fresh">True if the descriptor at hand is likely out of date.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OnionException">F0 to F5 or F7.</exception>
    public async Task<IJoinedCircuit> ConnectAsync(OnionHostName name, IsolationKey isolation, bool fresh, CancellationToken cancellationToken)
    {
        using var proofKey = name.Cookie?.ProofKey();
        var tally = new List<Outcome>();
        await foreach (var view in ViewsAsync(name, isolation, fresh, tally, cancellationToken).ConfigureAwait(false))
        {
            if (await TryPointsAsync(name, view, proofKey, tally, cancellationToken).ConfigureAwait(false) is { } joined)
            {
                await _directory.ReachedAsync(name, isolation, cancellationToken).ConfigureAwait(false);
                return joined;
            }
        }

        throw FailureOf(tally);
    }

    /// <summary>The descriptors to try, one after the other, as long as the outcomes of those before leave hope.</summary>
    private async IAsyncEnumerable<ServiceView> ViewsAsync(
        OnionHostName name, IsolationKey isolation, bool fresh, List<Outcome> tally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var began = _context.Time.GetTimestamp();
        var first = await _directory.FindAsync(name, isolation, fresh ? Freshness.Newer : Freshness.Known, cancellationToken).ConfigureAwait(false);
        yield return first;

        var last = await _directory.FindAsync(name, isolation, Freshness.Newer, cancellationToken).ConfigureAwait(false);
        if (!last.IsSameAs(first) || !tally.Contains(Outcome.ServiceSilent))
        {
            yield return last;
        }

        foreach (var pause in Pauses)
        {
            if (!MayBeMoving(tally) || _context.Time.GetElapsedTime(began) > Patience)
            {
                yield break;
            }

            await Task.Delay(pause, _context.Time, cancellationToken).ConfigureAwait(false);
            var view = await _directory.FindAsync(name, isolation, Freshness.NewerAtOnce, cancellationToken).ConfigureAwait(false);
            if (!view.IsSameAs(last))
            {
                yield return last = view;
            }
        }
    }

    /// <summary>True if introduction points do not know the service any more, or are gone, and none passed a visit on.</summary>
    private static bool MayBeMoving(List<Outcome> tally) =>
        !tally.Contains(Outcome.ServiceSilent) && tally.Exists(outcome => outcome is Outcome.Refused or Outcome.IntroductionTimedOut);

    private async Task<IJoinedCircuit?> TryPointsAsync(
        OnionHostName name, ServiceView view, Ed25519KeyPair? proofKey, List<Outcome> tally, CancellationToken cancellationToken)
    {
        var points = view.Points.ToArray();
        _context.Random.Shuffle<IntroductionTarget>(points);
        var silences = 0;
        foreach (var point in points)
        {
            var visit = new Visit(name, point, view, proofKey);
            var (outcome, joined) = await TryPointAsync(visit, cancellationToken).ConfigureAwait(false);
            if (joined is not null)
            {
                return joined;
            }

            tally.Add(outcome);
            if (outcome == Outcome.ServiceSilent && ++silences == SilencesBelieved)
            {
                // The other points lead to the same silence. Either the descriptor is out of date, or the service does not
                // want this visitor.
                return null;
            }
        }

        return null;
    }

    private async Task<(Outcome Outcome, IJoinedCircuit? Joined)> TryPointAsync(Visit visit, CancellationToken cancellationToken)
    {
        var cookie = _context.Random.Bytes(EstablishRendezvousMessage.CookieSize);
        using var limit = new CancellationTokenSource(IntroductionLimit, _context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var reaching = _circuits.ReachIntroductionPointAsync(visit.Point, both.Token);
        var waiting = _circuits.WaitAtRendezvousAsync(cookie, both.Token);
        var outcome = Outcome.RendezvousFailed;
        try
        {
            var rendezvous = await waiting.ConfigureAwait(false);
            outcome = Outcome.Refused;
            using var handshake = HsNtorClient.Begin(visit.Point.AuthKey, visit.Point.EncryptionKey, visit.View.Subcredential.Span, _context.Random);
            var introducing = await reaching.ConfigureAwait(false);
            var status = await introducing.IntroduceAsync(Compose(visit, handshake, rendezvous.Target, cookie), both.Token).ConfigureAwait(false);
            if (status != IntroduceAckMessage.Success)
            {
                return (Outcome.Refused, null);
            }

            outcome = Outcome.ServiceSilent;
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            var arrival = await rendezvous.Arrival.WaitAsync(ArrivalLimit, _context.Time, cancellationToken).ConfigureAwait(false);
            outcome = Outcome.RendezvousFailed;
            return (Outcome.Joined, Complete(visit, handshake, rendezvous, arrival));
        }
        catch (Exception fault) when (IsFailureOfThis(fault, cancellationToken))
        {
            var timedOut = fault is OperationCanceledException or TimeoutException;
            return (timedOut && outcome == Outcome.Refused ? Outcome.IntroductionTimedOut : outcome, null);
        }
        finally
        {
            await both.CancelAsync().ConfigureAwait(false);
            Discard(reaching);
            Discard(waiting);
        }
    }

    private byte[] Compose(Visit visit, HsNtorClient handshake, RendezvousTarget rendezvous, byte[] cookie)
    {
        var binding = new IntroductionBinding(visit.Name.Address.Identity, visit.Point.AuthKey, handshake.PublicKey, cookie);
        return IntroductionRequest.Create(
            handshake, visit.Point.AuthKey, IntroductionRequest.Content(rendezvous, binding, visit.ProofKey, visit.View.Congestion is not null, _context.Random));
    }

    private static IJoinedCircuit Complete(Visit visit, HsNtorClient handshake, IWaitingRendezvous rendezvous, byte[] arrival)
    {
        var reader = new SpanReader(arrival);
        var answer = Rendezvous2Message.Read(ref reader);
        return rendezvous.Join(handshake.Complete(answer.ServerKey, answer.Auth.Span), visit.View.Congestion);
    }

    private static bool IsFailureOfThis(Exception fault, CancellationToken cancellationToken) =>
        fault is TorException or TimeoutException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static void Discard<T>(Task<T> circuit)
        where T : IAsyncDisposable
    {
        _ = DiscardAsync();

        async Task DiscardAsync()
        {
            try
            {
                await (await circuit.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is TorException or OperationCanceledException)
            {
                // It was never there.
            }
        }
    }

    private static OnionException FailureOf(List<Outcome> tally)
    {
        if (tally.Contains(Outcome.ServiceSilent))
        {
            return new OnionException(
                OnionFailure.RendezvousFailed,
                "The onion service was told of the visit but did not come to the rendezvous point: it is overloaded, or it does not want this visitor. Try again later.");
        }

        if (tally.Contains(Outcome.RendezvousFailed))
        {
            return new OnionException(OnionFailure.RendezvousFailed, "The rendezvous with the onion service failed. Try again.");
        }

        return tally.Count > 0 && tally.TrueForAll(outcome => outcome == Outcome.IntroductionTimedOut)
            ? new OnionException(OnionFailure.IntroductionTimedOut, "None of the onion service's introduction points answered in time. Try again.")
            : new OnionException(OnionFailure.IntroductionFailed, "None of the onion service's introduction points passed the visit on: the service is down, or just moving. Try again.");
    }

    private sealed record Visit(OnionHostName Name, IntroductionTarget Point, ServiceView View, Ed25519KeyPair? ProofKey);
}
