using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>
/// One agreement on a consensus, in four rounds (dir-spec 1.4): publish a vote, fetch missing votes, sign what all
/// votes give, fetch missing signatures. Then the consensus is published, if more than half of the authorities signed.
/// </summary>
internal sealed class VotingRound
{
    // A peer may hold more than one round at a time, and gives the votes of all.
    private const int MaximumRoundsAtOnce = 3;

    private const string VotePath = "/tor/post/vote";
    private const string SignaturePath = "/tor/post/consensus-signature";

    private readonly AuthorityParts _parts;
    private readonly ILogger _logger;
    private readonly VoteBox _box;
    private readonly Lock _lock = new();
    private readonly List<DetachedSignatures> _early = [];
    private readonly int _authorities;
    private PendingConsensus? _pending;

    /// <summary>Begins to take votes.</summary>
    /// <param name="parts">The authority.</param>
    /// <param name="validAfter">When the consensus becomes valid.</param>
    /// <param name="postedUntil">Until when votes may be posted; null: until the consensus is computed.</param>
    public VotingRound(AuthorityParts parts, DateTimeOffset validAfter, DateTimeOffset? postedUntil)
    {
        _parts = parts;
        _logger = parts.Context.Loggers.CreateLogger<VotingRound>();
        ValidAfter = validAfter;
        var identities = parts.Options.Identities;
        _authorities = identities.Count;
        _box = new VoteBox(validAfter, identities, postedUntil);
        parts.SharedRandom.Advance(validAfter);
    }

    /// <summary>When the consensus becomes valid.</summary>
    public DateTimeOffset ValidAfter { get; }

    /// <summary>The votes so far.</summary>
    public ImmutableArray<Vote> Votes => _box.Votes;

    /// <summary>This authority's vote; null before it is made.</summary>
    public Vote? Own => _box.Votes.FirstOrDefault(v => v.Voter == _parts.Keys.Identity);

    /// <summary>True if no authority's vote is missing.</summary>
    public bool HasAllVotes => _box.Missing.IsEmpty;

    /// <summary>True if everybody who voted signed.</summary>
    public bool HasAllSignatures => _pending is { Missing.IsEmpty: true };

    /// <summary>The computed consensus; null before it is.</summary>
    public PendingConsensus? Pending => _pending;

    /// <summary>Step 1: makes this authority's vote, once, and posts it to the others.</summary>
    public async Task PublishVoteAsync(CancellationToken ct)
    {
        var vote = Own ?? MakeVote();
        await ToAllAsync(p => PostAsync(p, VotePath, vote.Document, "vote", ct));
    }

    /// <summary>Step 2: asks the others for votes that did not arrive, whosoever they are.</summary>
    public async Task FetchMissingVotesAsync(CancellationToken ct)
    {
        if (!HasAllVotes)
        {
            var path = "/tor/status-vote/next/" + string.Join('+', _box.Missing);
            await ToAllAsync(p => FetchAsync(p, path, "votes", AddVotes, ct));
        }
    }

    /// <summary>Step 3: closes the vote, computes and signs the consensus, and posts the signature to the others.</summary>
    /// <exception cref="TorException">Half of the authorities did not vote, or nobody says that any relay is running.</exception>
    public async Task SignAsync(CancellationToken ct)
    {
        var votes = _box.Close();
        if (votes.Length <= _authorities / 2)
        {
            throw Failure($"only {votes.Length} of {_authorities} authorities voted");
        }

        if (!votes.Any(v => v.Content.Relays.Any(r => r.Flags.Contains("Running"))))
        {
            throw Failure("nobody has voted that any relay is running");
        }

        var pending = PendingConsensus.Compute(votes, _authorities, _parts.SharedRandom.IsFresh, _parts.Keys);
        lock (_lock)
        {
            _pending = pending;
            _early.ForEach(s => pending.Add(s));
            _early.Clear();
        }

        var own = System.Text.Encoding.UTF8.GetBytes(pending.Detached(_parts.Keys.Identity).ToString());
        await ToAllAsync(p => PostAsync(p, SignaturePath, own, "signatures", ct));
    }

    /// <summary>Step 4: asks the others for signatures that did not arrive.</summary>
    public async Task FetchMissingSignaturesAsync(CancellationToken ct)
    {
        if (_pending is not null && !HasAllSignatures)
        {
            await ToAllAsync(p => FetchAsync(p, "/tor/status-vote/next/consensus-signatures", "signatures", body => Add(DetachedSignatures.Parse(body)), ct));
        }
    }

    /// <summary>The end: gathers the documents that the consensus refers to, and begins to serve it.</summary>
    /// <exception cref="TorException">Half of the authorities did not sign.</exception>
    public async Task<Consensus> PublishAsync(CancellationToken ct)
    {
        var signers = _pending?.Signers.Length ?? 0;
        if (_pending is not { } pending || signers <= _authorities / 2)
        {
            throw Failure($"only {signers} of {_authorities} authorities signed the same");
        }

        var microdesc = Consensus.Parse(pending.Text(ConsensusFlavor.Microdesc));
        await new MissingDocuments(_parts).GatherAsync(Votes, microdesc, ct);
        foreach (var vote in Votes)
        {
            _parts.Store.AddCertificate(vote.Content.Certificate);
        }

        _parts.Store.SetConsensus(Consensus.Parse(pending.Text(ConsensusFlavor.Ns)));
        _parts.Store.SetConsensus(microdesc);
        _parts.SharedRandom.Settle(microdesc);
        AuthorityLog.Published(_logger, ValidAfter, microdesc.Relays.Count, signers, _authorities);
        return microdesc;
    }

    /// <summary>Takes a vote that somebody posted.</summary>
    public VoteReply AddPosted(Vote vote) => Take(vote, isPosted: true);

    /// <summary>Takes signatures; those that come before the consensus is computed wait for it.</summary>
    public VoteReply Add(DetachedSignatures signatures)
    {
        if (signatures.ValidAfter != ValidAfter)
        {
            return VoteReply.Refused("Bad valid-after time");
        }

        lock (_lock)
        {
            if (_pending is { } pending)
            {
                return pending.Add(signatures);
            }

            if (_early.Count >= 2 * _authorities)
            {
                return VoteReply.Refused("Too many signatures too early");
            }

            _early.Add(signatures);
            return VoteReply.Taken("Signature queued");
        }
    }

    private Vote MakeVote()
    {
        var content = _parts.SharedRandom.Fill(_parts.Composer.Compose(ValidAfter, _parts.Schedule));
        var vote = VoteWriter.Sign(content, _parts.Keys.Signing);
        Take(vote, isPosted: false);
        return vote;
    }

    private VoteReply Take(Vote vote, bool isPosted)
    {
        var reply = _box.Add(vote, isPosted, _parts.Context.Now);
        if (reply.IsTaken)
        {
            _parts.SharedRandom.Accept(vote);
        }

        return reply;
    }

    private void AddVotes(ReadOnlyMemory<byte> body)
    {
        foreach (var document in Protocol.Directory.DocumentReader.Split(body, "network-status-version").Take(MaximumRoundsAtOnce * _authorities))
        {
            var reply = Take(Vote.Parse(document), isPosted: false);
            if (!reply.IsTaken)
            {
                AuthorityLog.Refused(_logger, "vote", reply.Message);
            }
        }
    }

    private Task ToAllAsync(Func<AuthorityPeer, Task> request) => Task.WhenAll(_parts.Peers.Select(request));

    private async Task PostAsync(AuthorityPeer peer, string path, ReadOnlyMemory<byte> body, string what, CancellationToken ct)
    {
        try
        {
            var response = await peer.PostAsync(path, body, ct);
            if (!response.IsOk)
            {
                AuthorityLog.WasRefused(_logger, peer.Authority.Nickname.ToString(), what, response.Reason);
            }
        }
        catch (TorException fault)
        {
            AuthorityLog.PeerFault(_logger, peer.Authority.Nickname.ToString(), what, fault.Message);
        }
    }

    private async Task FetchAsync(AuthorityPeer peer, string path, string what, Action<ReadOnlyMemory<byte>> take, CancellationToken ct)
    {
        try
        {
            var response = await peer.GetAsync(path, ct);
            if (response.IsOk)
            {
                take(response.Body);
            }
        }
        catch (TorException fault)
        {
            AuthorityLog.PeerFault(_logger, peer.Authority.Nickname.ToString(), what, fault.Message);
        }
    }

    private TorException Failure(string reason)
    {
        AuthorityLog.NoConsensus(_logger, ValidAfter, reason);
        return new TorException(
            TorErrorKind.Network, $"There is no consensus of {ValidAfter:u}: {reason}. See that the other authorities run and reach each other.", isTransient: true);
    }
}
