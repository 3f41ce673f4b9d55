namespace OnionHost.Network.Authority;

/// <summary>The steps of a voting round, in order (dir-spec 1.4).</summary>
internal enum VotingStep
{
    /// <summary>The vote is published.</summary>
    Vote,

    /// <summary>Missing votes are fetched.</summary>
    FetchVotes,

    /// <summary>The votes are compared with those that others hold.</summary>
    CompareVotes,

    /// <summary>The consensus is computed and signed.</summary>
    Sign,

    /// <summary>Missing signatures are fetched.</summary>
    FetchSignatures,

    /// <summary>The consensus is published.</summary>
    Publish,
}
