namespace OnionHost.Network.Authority.Rounds;

/// <summary>What an authority answers to a posted vote or signature.</summary>
/// <param name="IsTaken">True if it was taken, or was there already.</param>
/// <param name="Message">The words of the answer.</param>
internal readonly record struct VoteReply(bool IsTaken, string Message)
{
    /// <summary>It was taken, or was there already.</summary>
    public static VoteReply Taken(string message) => new(true, message);

    /// <summary>It was not taken.</summary>
    public static VoteReply Refused(string message) => new(false, message);
}
