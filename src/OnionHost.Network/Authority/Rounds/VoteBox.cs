using System.Collections.Immutable;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>The votes of one round (dir-spec 3.4, 3.6). Closed when the consensus is computed. Safe for concurrent use.</summary>
/// <param name="validAfter">The round.</param>
/// <param name="authorities">Whose votes count.</param>
/// <param name="postedUntil">Until when votes may be posted: a later one might reach only some authorities. Null: until it is closed.</param>
internal sealed class VoteBox(DateTimeOffset validAfter, IReadOnlySet<RelayFingerprint> authorities, DateTimeOffset? postedUntil)
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly Dictionary<RelayFingerprint, Vote> _votes = [];
    private readonly Dictionary<RelayFingerprint, Equivocation> _equivocations = [];
    private readonly Lock _lock = new();
    private bool _isClosed;

    /// <summary>The votes so far, ordered by voter.</summary>
    public ImmutableArray<Vote> Votes
    {
        get
        {
            lock (_lock)
            {
                return [.. _votes.Values.OrderBy(v => v.Voter)];
            }
        }
    }

    /// <summary>The authorities without a vote.</summary>
    public ImmutableArray<RelayFingerprint> Missing
    {
        get
        {
            lock (_lock)
            {
                return [.. authorities.Where(a => !_votes.ContainsKey(a)).Order()];
            }
        }
    }

    /// <summary>The authorities that signed two different votes, one pair each.</summary>
    public ImmutableArray<Equivocation> Equivocations
    {
        get
        {
            lock (_lock)
            {
                return [.. _equivocations.Values.OrderBy(e => e.Voter)];
            }
        }
    }

    /// <summary>Takes a vote, if the rules allow.</summary>
    /// <param name="vote">A vote; its signature was verified.</param>
    /// <param name="isPosted">True if its voter or somebody else posted it; false if it was fetched.</param>
    /// <param name="now">The present time.</param>
    /// <param name="found">Set if its voter is caught with two different votes by this one.</param>
    public VoteReply Add(Vote vote, bool isPosted, DateTimeOffset now, out Equivocation? found)
    {
        found = null;
        if (!authorities.Contains(vote.Voter))
        {
            return VoteReply.Refused("Vote not from a recognized v3 authority");
        }

        if (!vote.Content.Certificate.IsLive(now))
        {
            return VoteReply.Refused("Vote is signed with an expired certificate");
        }

        if (vote.Content.ValidAfter != validAfter)
        {
            return VoteReply.Refused("Bad valid-after time");
        }

        lock (_lock)
        {
            var known = _votes.GetValueOrDefault(vote.Voter);
            if (known?.Digest == vote.Digest)
            {
                return VoteReply.Taken("Duplicate discarded");
            }

            // Stock takes the one published later. But an authority that signs twice cannot be trusted to show all the same one.
            if (known is not null)
            {
                var pair = new Equivocation(known, vote);
                found = _equivocations.TryAdd(vote.Voter, pair) ? pair : null;
                return VoteReply.Refused("Another vote of this authority and period is known");
            }

            // Stock authorities count whole seconds, and some of their steps come up to one second late.
            if (_isClosed || (isPosted && now >= postedUntil + OneSecond))
            {
                return VoteReply.Refused("Posted vote received too late, would be dangerous to count it");
            }

            _votes[vote.Voter] = vote;
            return VoteReply.Taken("Vote stored");
        }
    }

    /// <summary>Takes no more votes, and gives those that count.</summary>
    public ImmutableArray<Vote> Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return Votes;
        }
    }
}
