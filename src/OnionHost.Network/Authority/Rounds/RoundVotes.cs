using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>The first half of a round: the votes. They are published, fetched where they are missing, and compared with what others hold.</summary>
internal sealed class RoundVotes
{
    // A peer may hold more than one round at a time, and gives the votes of all.
    private const int MaximumRoundsAtOnce = 3;

    private const string NextPath = "/tor/status-vote/next/";
    private const string PostPath = "/tor/post/vote";

    private readonly AuthorityParts _parts;
    private readonly ILogger _logger;
    private readonly DateTimeOffset _validAfter;
    private readonly VoteBox _box;
    private readonly Lock _lock = new();
    private readonly HashSet<Equivocation> _shown = [];
    private volatile Vote? _own;

    public RoundVotes(AuthorityParts parts, DateTimeOffset validAfter, DateTimeOffset? postedUntil)
    {
        _parts = parts;
        _validAfter = validAfter;
        _logger = parts.Context.Loggers.CreateLogger<RoundVotes>();
        _box = new VoteBox(validAfter, parts.Options.Identities, postedUntil);
    }

    /// <summary>The votes so far, one of each voter.</summary>
    public ImmutableArray<Vote> All => _box.Votes;

    /// <summary>This authority's vote; null before it is made.</summary>
    public Vote? Own => _own;

    /// <summary>True if no authority's vote is missing.</summary>
    public bool IsComplete => _box.Missing.IsEmpty;

    /// <summary>The authorities that signed two different votes.</summary>
    public ImmutableArray<Equivocation> Equivocations => _box.Equivocations;

    /// <summary>All votes that others may see: also the second ones of authorities that signed two.</summary>
    public ImmutableArray<Vote> Shown => [.. _box.Votes, .. _box.Equivocations.Select(e => e.Second)];

    /// <summary>Makes this authority's vote, once, and posts it to the others.</summary>
    public Task PublishAsync(CancellationToken ct) => _parts.Peers.PostAsync(
        PostPath,
        (Own ?? Make()).Document,
        "vote",
        (peer, answer) => AuthorityLog.WasRefused(_logger, peer.Authority.Nickname.ToString(), "vote", answer.Reason),
        ct);

    /// <summary>Asks the others for votes that did not arrive, whosoever they are.</summary>
    public async Task FetchMissingAsync(CancellationToken ct)
    {
        if (!IsComplete)
        {
            await _parts.Peers.FetchAsync(NextPath + string.Join('+', _box.Missing), "votes", Add, ct);
        }
    }

    /// <summary>
    /// Finds out whether any authority showed others another vote than it showed this one. Whoever finds one shows both to all.
    /// </summary>
    public async Task CompareAsync(CancellationToken ct)
    {
        if (All is { IsEmpty: false } held)
        {
            await new VoteComparison(_parts.Peers).CompareAsync(held, Add, ct);
        }

        await ShowEquivocationsAsync(ct);
    }

    /// <summary>Shows both votes of an authority that signed two to all the others, once: each may have seen one only.</summary>
    public async Task ShowEquivocationsAsync(CancellationToken ct)
    {
        foreach (var pair in Equivocations)
        {
            lock (_lock)
            {
                if (!_shown.Add(pair))
                {
                    continue;
                }
            }

            await _parts.Peers.PostAsync(PostPath, pair.First.Document, "proof", null, ct);
            await _parts.Peers.PostAsync(PostPath, pair.Second.Document, "proof", null, ct);
        }
    }

    /// <summary>Takes no more votes, and gives those that count.</summary>
    public ImmutableArray<Vote> Close() => _box.Close();

    /// <summary>Takes a vote.</summary>
    /// <param name="vote">A vote; its signature was verified.</param>
    /// <param name="isPosted">True if somebody posted it; false if it was fetched.</param>
    public VoteReply Take(Vote vote, bool isPosted)
    {
        var reply = _box.Add(vote, isPosted, _parts.Context.Now, out var found);
        if (reply.IsTaken)
        {
            _parts.SharedRandom.Accept(vote);
        }

        if (found is not null)
        {
            _parts.Equivocations.Note(found);
        }

        return reply;
    }

    /// <summary>Makes the vote; the same one if this authority was restarted meanwhile.</summary>
    private Vote Make()
    {
        var vote = _parts.OwnVotes.Of(_validAfter);
        if (vote is null)
        {
            vote = VoteWriter.Sign(_parts.SharedRandom.Fill(_parts.Composer.Compose(_validAfter, _parts.Schedule)), _parts.Keys.Signing);
            _parts.OwnVotes.Add(vote);
        }

        _own = vote;
        Take(vote, isPosted: false);
        return vote;
    }

    private void Add(ReadOnlyMemory<byte> body)
    {
        foreach (var document in DocumentReader.Split(body, "network-status-version").Take(MaximumRoundsAtOnce * _parts.Options.Identities.Count))
        {
            if (Shown.Any(v => v.Document.Span.SequenceEqual(document.Span)))
            {
                continue;
            }

            var reply = Take(Vote.Parse(document), isPosted: false);
            if (!reply.IsTaken)
            {
                AuthorityLog.Refused(_logger, "vote", reply.Message);
            }
        }
    }
}
