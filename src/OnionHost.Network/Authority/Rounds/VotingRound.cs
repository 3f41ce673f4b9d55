using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
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
    private const string NextPath = "/tor/status-vote/next/";
    private const string SignaturePath = "/tor/post/consensus-signature";

    private readonly AuthorityParts _parts;
    private readonly ILogger _logger;
    private readonly RoundVotes _votes;
    private readonly Lock _lock = new();
    private readonly List<DetachedSignatures> _early = [];
    private readonly int _authorities;
    private PendingConsensus? _pending;
    private volatile string? _problem;

    /// <summary>Begins to take votes.</summary>
    /// <param name="parts">The authority.</param>
    /// <param name="validAfter">When the consensus becomes valid.</param>
    /// <param name="postedUntil">Until when votes may be posted; null: until the consensus is computed.</param>
    public VotingRound(AuthorityParts parts, DateTimeOffset validAfter, DateTimeOffset? postedUntil)
    {
        _parts = parts;
        _logger = parts.Context.Loggers.CreateLogger<VotingRound>();
        ValidAfter = validAfter;
        _authorities = parts.Options.Identities.Count;
        _votes = new RoundVotes(parts, validAfter, postedUntil);
        parts.SharedRandom.Advance(validAfter);
    }

    /// <summary>When the consensus becomes valid.</summary>
    public DateTimeOffset ValidAfter { get; }

    /// <summary>The votes so far.</summary>
    public ImmutableArray<Vote> Votes => _votes.All;

    /// <summary>All votes that others may see: also the second ones of authorities that signed two.</summary>
    public ImmutableArray<Vote> Shown => _votes.Shown;

    /// <summary>This authority's vote; null before it is made.</summary>
    public Vote? Own => _votes.Own;

    /// <summary>True if no authority's vote is missing.</summary>
    public bool HasAllVotes => _votes.IsComplete;

    /// <summary>True if everybody who voted signed.</summary>
    public bool HasAllSignatures => Pending is { Missing.IsEmpty: true };

    /// <summary>The computed consensus; null before it is, and if an authority signed two different votes.</summary>
    public PendingConsensus? Pending => _votes.Equivocations.IsEmpty ? _pending : null;

    /// <summary>Why there is no consensus; null as far as all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Step 1: makes this authority's vote, once, and posts it to the others.</summary>
    public Task PublishVoteAsync(CancellationToken ct) => _votes.PublishAsync(ct);

    /// <summary>Step 2: asks the others for votes that did not arrive, whosoever they are.</summary>
    public Task FetchMissingVotesAsync(CancellationToken ct) => _votes.FetchMissingAsync(ct);

    /// <summary>Still step 2, when all had the time for it: finds out whether all hold the same votes.</summary>
    public Task CompareVotesAsync(CancellationToken ct) => _votes.CompareAsync(ct);

    /// <summary>Step 3: closes the vote, computes and signs the consensus, and posts the signature to the others.</summary>
    /// <exception cref="TorException">Half of the authorities did not vote, one voted twice, or nobody says that any relay is running.</exception>
    public async Task SignAsync(CancellationToken ct)
    {
        var votes = _votes.Close();
        await _votes.ShowEquivocationsAsync(ct);
        CheckEquivocations();
        if (votes.Length <= _authorities / 2)
        {
            throw Failure($"only {votes.Length} of {_authorities} authorities voted, and {Needed} are needed");
        }

        if (!votes.Any(v => v.Content.Relays.Any(r => r.Flags.Contains("Running"))))
        {
            throw Failure("nobody has voted that any relay is running");
        }

        var pending = PendingConsensus.Compute(votes, _authorities, _parts.SharedRandom.IsFresh, _parts.Keys);
        CheckEquivocations();
        lock (_lock)
        {
            _pending = pending;
            _early.ForEach(s => pending.Add(s));
            _early.Clear();
        }

        var own = System.Text.Encoding.UTF8.GetBytes(pending.Detached(_parts.Keys.Identity).ToString());
        await _parts.Peers.PostAsync(SignaturePath, own, "signatures", WasRefused, ct);
    }

    /// <summary>Step 4: asks the others for signatures that did not arrive. One who signed something else may have seen other votes.</summary>
    public async Task FetchMissingSignaturesAsync(CancellationToken ct)
    {
        if (Pending is { Missing.IsEmpty: false })
        {
            await _parts.Peers.FetchAsync(NextPath + "consensus-signatures", "signatures", body => Add(DetachedSignatures.Parse(body)), ct);
            if (!HasAllSignatures)
            {
                await _votes.CompareAsync(ct);
            }
        }
        else
        {
            await _votes.ShowEquivocationsAsync(ct);
        }
    }

    /// <summary>The end: gathers the documents that the consensus refers to, and begins to serve it.</summary>
    /// <exception cref="TorException">Half of the authorities did not sign, or an authority voted twice.</exception>
    public async Task<Consensus> PublishAsync(CancellationToken ct)
    {
        CheckEquivocations();
        var signers = _pending?.Signers.Length ?? 0;
        if (_pending is not { } pending || signers <= _authorities / 2)
        {
            throw Failure(_problem ?? $"only {signers} of {_authorities} authorities signed the same, and {Needed} are needed");
        }

        var microdesc = Consensus.Parse(pending.Text(ConsensusFlavor.Microdesc));
        await new MissingDocuments(_parts).GatherAsync(Votes, microdesc, ct);
        CheckEquivocations();
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
    public VoteReply AddPosted(Vote vote) => _votes.Take(vote, isPosted: true);

    /// <summary>Takes signatures; those that come before the consensus is computed wait for it.</summary>
    public VoteReply Add(DetachedSignatures signatures)
    {
        if (signatures.ValidAfter != ValidAfter)
        {
            return VoteReply.Refused("Bad valid-after time");
        }

        if (!_votes.Equivocations.IsEmpty)
        {
            return VoteReply.Refused("No consensus, as an authority signed two different votes");
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

    private int Needed => (_authorities / 2) + 1;

    private void CheckEquivocations()
    {
        if (_votes.Equivocations is [var pair, ..])
        {
            throw Failure(_parts.Equivocations.Describe(pair));
        }
    }

    private void WasRefused(AuthorityPeer peer, DirectoryResponse answer) =>
        AuthorityLog.WasRefused(_logger, peer.Authority.Nickname.ToString(), "signatures", answer.Reason);

    private TorException Failure(string reason)
    {
        // Each further step fails for the same reason, which is told once.
        if (_problem != reason)
        {
            _problem = reason;
            AuthorityLog.NoConsensus(_logger, ValidAfter, reason);
        }

        return new TorException(
            TorErrorKind.Network, $"There is no consensus of {ValidAfter:u}: {reason}. See that the other authorities run and reach each other.", isTransient: true);
    }
}
