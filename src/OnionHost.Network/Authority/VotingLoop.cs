using Microsoft.Extensions.Logging;
using OnionHost.Network.Authority.Rounds;

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
        _ = await StepAsync(VotingStep.Vote, times.Vote, round, round.PublishVoteAsync, stop)
            && await StepAsync(VotingStep.FetchVotes, times.FetchVotes, round, round.FetchMissingVotesAsync, stop)
            && await StepAsync(VotingStep.Sign, times.Sign, round, round.SignAsync, stop)
            && await StepAsync(VotingStep.FetchSignatures, times.FetchSignatures, round, round.FetchMissingSignaturesAsync, stop)
            && await StepAsync(VotingStep.Publish, times.ValidAfter, round, ct => authority.PublishAsync(round, ct), stop);
    }

    private async Task<bool> StepAsync(VotingStep step, DateTimeOffset time, VotingRound round, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        if (!await context.WaitUntilAsync(time, stop))
        {
            return false;
        }

        try
        {
            await work(stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // The next step may still help: another authority's signature, or in the next round its vote.
            AuthorityLog.StepFault(_logger, fault, round.ValidAfter);
        }

        done(step);
        return true;
    }
}
