using System.Collections.Immutable;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.SharedRandom;

/// <summary>
/// An authority's side of the shared random protocol (srv-spec 3, 4): what it has seen in the present run, and what
/// it says in its next vote. Not thread safe; <see cref="SharedRandomStateText"/> stores it.
/// </summary>
public sealed class SharedRandomState
{
    private readonly Dictionary<RelayFingerprint, SharedRandomCommit> _commits = [];
    private readonly HashSet<RelayFingerprint> _authorities;
    private readonly RelayFingerprint _self;

    /// <summary>Starts without any knowledge; <see cref="Advance"/> enters the first round.</summary>
    /// <param name="self">This authority's v3 identity.</param>
    /// <param name="authorities">All authorities' v3 identities; others' commitments do not count.</param>
    /// <param name="interval">The voting interval, whole seconds.</param>
    public SharedRandomState(RelayFingerprint self, IEnumerable<RelayFingerprint> authorities, TimeSpan interval)
    {
        _self = self;
        _authorities = [.. authorities, self];
        Interval = interval;
    }

    /// <summary>The voting interval.</summary>
    public TimeSpan Interval { get; }

    /// <summary>The valid-after time of the round that the state is ready to vote for; null before the first.</summary>
    public DateTimeOffset? ValidAfter { get; private set; }

    /// <summary>The phase of that round.</summary>
    public SharedRandomPhase Phase => ValidAfter is { } time ? SharedRandomSchedule.PhaseAt(time, Interval) : SharedRandomPhase.Commit;

    /// <summary>The value of this run.</summary>
    public SharedRandomValue? Current { get; private set; }

    /// <summary>The value of the run before.</summary>
    public SharedRandomValue? Previous { get; private set; }

    /// <summary>True from the computation of a new value until a consensus settled it.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>All commitments of the run, ordered by authority, this authority's own reveal included.</summary>
    public ImmutableArray<SharedRandomCommit> Commits => [.. _commits.Values.OrderBy(c => c.Authority)];

    /// <summary>Enters the round of <paramref name="validAfter"/>; at the end of a run computes its value and begins the next.</summary>
    /// <param name="validAfter">The round's valid-after time; rounds of the same or the last interval change nothing, and an older one
    /// means that the clock was set back: then the state begins anew, but for its values.</param>
    /// <param name="random">For the secret of a new run.</param>
    public void Advance(DateTimeOffset validAfter, IRandomSource random)
    {
        if (ValidAfter is { } last && validAfter <= last)
        {
            if (last - validAfter <= Interval)
            {
                return;
            }

            _commits.Clear();
            (ValidAfter, IsFresh) = (null, false);
        }

        var run = SharedRandomSchedule.RunAt(validAfter, Interval);
        var lastRun = ValidAfter is { } time ? SharedRandomSchedule.RunAt(time, Interval) : (long?)null;
        if (lastRun != run)
        {
            if (lastRun == run - 1 && Phase == SharedRandomPhase.Reveal)
            {
                Previous = Current;
                Current = SharedRandomComputation.Compute(_commits.Values.Where(c => _authorities.Contains(c.Authority)), Previous);
                IsFresh = true;
            }

            _commits.Clear();
        }

        ValidAfter = validAfter;

        // A secret that nobody saw committed would not count, so one is only made while there is time to commit.
        if (Phase == SharedRandomPhase.Commit && !_commits.ContainsKey(_self))
        {
            _commits[_self] = SharedRandomCommit.Generate(_self, validAfter, random);
        }
    }

    /// <summary>What the vote of this round says: reveals only in the reveal phase.</summary>
    public ImmutableArray<SharedRandomCommit> CommitsForVote() =>
        Phase == SharedRandomPhase.Reveal ? Commits : [.. Commits.Select(c => c with { Reveal = null })];

    /// <summary>Takes over from a vote what its voter says about itself; what it says about others does not count.</summary>
    /// <param name="voter">Whose vote it was.</param>
    /// <param name="commits">The commitments in it.</param>
    public void Accept(RelayFingerprint voter, IEnumerable<SharedRandomCommit> commits)
    {
        if (voter == _self || !_authorities.Contains(voter) || commits.FirstOrDefault(c => c.Authority == voter) is not { } commit)
        {
            return;
        }

        var known = _commits.GetValueOrDefault(voter);
        if (Phase == SharedRandomPhase.Commit)
        {
            // The first commitment counts: a changed one could have been chosen after seeing others.
            if (known is null && commit.Reveal is null)
            {
                _commits[voter] = commit;
            }
        }
        else if (known is { Reveal: null } && known.Commit == commit.Commit && commit.IsOpened)
        {
            _commits[voter] = commit;
        }
    }

    /// <summary>Takes the values that a consensus settled, whatever this authority thought.</summary>
    public void Settle(SharedRandomValue? previous, SharedRandomValue? current)
    {
        (Previous, Current, IsFresh) = (previous, current, false);
    }

    internal void Restore(DateTimeOffset validAfter, IEnumerable<SharedRandomCommit> commits, SharedRandomValue? previous, SharedRandomValue? current)
    {
        ValidAfter = validAfter;
        (Previous, Current) = (previous, current);
        foreach (var commit in commits.Where(c => _authorities.Contains(c.Authority)))
        {
            _commits[commit.Authority] = commit;
        }
    }
}
