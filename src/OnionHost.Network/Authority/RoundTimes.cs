namespace OnionHost.Network.Authority;

/// <summary>When the steps of one voting round are (dir-spec 1.4).</summary>
internal sealed record RoundTimes(DateTimeOffset ValidAfter, VotingSchedule Schedule)
{
    /// <summary>Votes are published.</summary>
    public DateTimeOffset Vote => Sign - Schedule.VoteDelay;

    /// <summary>Missing votes are fetched; votes that are posted later are refused.</summary>
    public DateTimeOffset FetchVotes => Sign - (Schedule.VoteDelay / 2);

    /// <summary>Each asks the others whether they hold the same votes.</summary>
    public DateTimeOffset CompareVotes => Sign - (Schedule.VoteDelay / 4);

    /// <summary>The consensus is computed, and its signature published.</summary>
    public DateTimeOffset Sign => ValidAfter - Schedule.DistributionDelay;

    /// <summary>Missing signatures are fetched.</summary>
    public DateTimeOffset FetchSignatures => ValidAfter - (Schedule.DistributionDelay / 2);
}
