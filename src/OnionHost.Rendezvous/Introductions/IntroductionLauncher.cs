using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Protocol;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>Opens introduction points for a roster, with two to spare, and keeps the first that stand.</summary>
/// <param name="context">Time, randomness, logs.</param>
/// <param name="circuits">Opens circuits.</param>
/// <param name="roster">Takes the points.</param>
/// <param name="onIntroduction">Takes each INTRODUCE2 on a read loop.</param>
internal sealed class IntroductionLauncher(
    NodeContext context, IIntroductionCircuits circuits, IntroductionRoster roster, Action<IntroductionPoint, ReadOnlyMemory<byte>> onIntroduction)
{
    private const int Spare = 2;

    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(60);

    private readonly ILogger _logger = context.Loggers.CreateLogger<IntroductionLauncher>();

    /// <summary>The circuit of a listed point closed.</summary>
    public event Action? PointClosed;

    /// <summary>Opens as many circuits at once as are missing and two more; gives how many points were listed, and what went wrong last.</summary>
    public async Task<(int Added, TorException? Fault)> LaunchAsync(int missing, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Attempt, context.Time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (added, fault) = (0, default(TorException));
        var attempts = Enumerable.Range(0, missing + Spare).Select(_ => OpenAsync(enough.Token)).ToList();
        await foreach (var attempt in Task.WhenEach(attempts).ConfigureAwait(false))
        {
            try
            {
                added += await ListAsync(await attempt.ConfigureAwait(false)).ConfigureAwait(false) ? 1 : 0;
                if (roster.Missing == 0)
                {
                    await enough.CancelAsync().ConfigureAwait(false);
                }
            }
            catch (TorException failure)
            {
                fault = failure;
                IntroductionLog.AttemptFailed(_logger, failure.Message);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                fault ??= new TorException(TorErrorKind.Network, "No relay became an introduction point in time.", isTransient: true);
            }
            catch (OperationCanceledException)
            {
                // Enough stand, or the service ends.
            }
        }

        return (added, fault);
    }

    /// <summary>Lists a point; closes it if it is not wanted.</summary>
    private async Task<bool> ListAsync(IntroductionPoint point)
    {
        if (!roster.TryAdd(point))
        {
            await point.DisposeAsync().ConfigureAwait(false);
            return false;
        }

        _ = point.Circuit.Closed.ContinueWith(
            _ => PointClosed?.Invoke(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return true;
    }

    private async Task<IntroductionPoint> OpenAsync(CancellationToken cancellationToken)
    {
        var keys = IntroductionKeys.Generate(context.Random);
        IntroductionPoint? point = null;
        try
        {
            var exclude = roster.Standing.Select(other => other.Circuit.Relay.Fingerprint).ToHashSet();
            var circuit = await circuits.EstablishAsync(keys, exclude, OnIntroduction, cancellationToken).ConfigureAwait(false);
            var made = new IntroductionPoint(context, keys, circuit);
            Volatile.Write(ref point, made);
            return made;
        }
        catch
        {
            keys.Dispose();
            throw;
        }

        void OnIntroduction(ReadOnlyMemory<byte> body)
        {
            // Nobody knows the keys of a point that is still being made.
            if (Volatile.Read(ref point) is { } introduced)
            {
                onIntroduction(introduced, body);
            }
        }
    }
}
