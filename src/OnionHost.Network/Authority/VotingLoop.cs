using Microsoft.Extensions.Logging;
using OnionHost.Network.Authority.Rounds;
using OnionHost.Protocol;

namespace OnionHost.Network.Authority;

/// <summary>Holds an authority's rounds at the times of its schedule (dir-spec 1.4).</summary>
internal sealed class VotingLoop(NodeContext context, VotingAuthority authority, Action<VotingStep> done)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<VotingLoop>();

    /// <summary>Round after round, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await HoldAsync(authority.Schedule.NextToVote(context.Now), stop);
        }
    }

    /// <summary>One round; given up if the clock is set back meanwhile, since its time is far away then.</summary>
    private async Task HoldAsync(RoundTimes times, CancellationToken stop)
    {
        var round = authority.BeginRound(times.ValidAfter, times.FetchVotes);
        authority.Peers.ForgetClocks();
        (VotingStep Step, DateTimeOffset Time, Func<CancellationToken, Task> Work)[] steps =
        [
            (VotingStep.Vote, times.Vote, round.PublishVoteAsync),
            (VotingStep.FetchVotes, times.FetchVotes, round.FetchMissingVotesAsync),
            (VotingStep.CompareVotes, times.CompareVotes, round.CompareVotesAsync),
            (VotingStep.Sign, times.Sign, round.SignAsync),
            (VotingStep.FetchSignatures, times.FetchSignatures, round.FetchMissingSignaturesAsync),
            (VotingStep.Publish, times.ValidAfter, ct => authority.PublishAsync(round, ct)),
        ];
        var isClockOff = false;
        for (var i = 0; i < steps.Length; i++)
        {
            var (step, time, work) = steps[i];
            // The clock may also have been set back while the step before was done.
            if (time - context.Now > 2 * authority.Schedule.Interval || !await context.WaitUntilAsync(time, stop))
            {
                return;
            }

            await WorkAsync(round, work, i + 1 < steps.Length ? steps[i + 1].Time : null, stop);
            isClockOff = isClockOff || authority.Peers.JudgeClock();
            done(step);
        }
    }

    /// <summary>Does a step. An authority that is slow to answer, or never does, does not hold up the next one.</summary>
    private async Task WorkAsync(VotingRound round, Func<CancellationToken, Task> work, DateTimeOffset? next, CancellationToken stop)
    {
        var task = WorkAsync(round, work, stop);
        if (next is { } time && !task.IsCompleted)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(task, context.WaitUntilAsync(time, over.Token));
            await over.CancelAsync();
            stop.ThrowIfCancellationRequested();
            return;
        }

        await task;
    }

    private async Task WorkAsync(VotingRound round, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        try
        {
            await work(stop);
        }
        catch (TorException fault) when (fault.Kind == TorErrorKind.Network)
        {
            // The round has said why. The next step may still help: another authority's signature, or in the next round its vote.
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            AuthorityLog.StepFault(_logger, fault, round.ValidAfter);
        }
        catch (OperationCanceledException)
        {
            // The authority stops.
        }
    }
}
