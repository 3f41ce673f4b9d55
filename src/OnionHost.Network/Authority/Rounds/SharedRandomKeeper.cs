using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.SharedRandom;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>The shared random state of an authority, on disk after each change so that a restart keeps its commitment. Safe for concurrent use.</summary>
internal sealed class SharedRandomKeeper
{
    private const string FileName = "sr-state";

    private readonly Lock _lock = new();
    private readonly NodeContext _context;
    private readonly AuthorityFiles? _files;
    private readonly SharedRandomState _state;

    /// <summary>Loads the state, or starts without.</summary>
    public SharedRandomKeeper(NodeContext context, RelayFingerprint self, AuthorityOptions options, TimeSpan interval, AuthorityFiles? files)
    {
        _context = context;
        _files = files;
        var authorities = options.Identities.Append(self).ToHashSet();
        _state = Load(self, authorities, interval) ?? new SharedRandomState(self, authorities, interval);
    }

    /// <summary>True in the round that settles a new value.</summary>
    public bool IsFresh
    {
        get
        {
            lock (_lock)
            {
                return _state.IsFresh;
            }
        }
    }

    /// <summary>Enters a round.</summary>
    public void Advance(DateTimeOffset validAfter) => Change(s => s.Advance(validAfter, _context.Random));

    /// <summary>Takes over what a vote says about its voter.</summary>
    public void Accept(Vote vote) => Change(s => s.Accept(vote.Voter, vote.Content.SharedRandomCommits));

    /// <summary>Takes the values that a consensus settled.</summary>
    public void Settle(Consensus consensus) => Change(s => s.Settle(consensus.SharedRandomPreviousValue, consensus.SharedRandomCurrentValue));

    /// <summary>Puts what this authority says into its vote.</summary>
    public VoteContent Fill(VoteContent vote)
    {
        lock (_lock)
        {
            return vote with
            {
                SharedRandomParticipates = true,
                SharedRandomCommits = _state.CommitsForVote(),
                SharedRandomPrevious = _state.Previous,
                SharedRandomCurrent = _state.Current,
            };
        }
    }

    private void Change(Action<SharedRandomState> change)
    {
        lock (_lock)
        {
            change(_state);
            if (_state.ValidAfter is not null)
            {
                _files?.Write(FileName, SharedRandomStateText.Format(_state));
            }
        }
    }

    private SharedRandomState? Load(RelayFingerprint self, IReadOnlySet<RelayFingerprint> authorities, TimeSpan interval)
    {
        try
        {
            return _files?.Read(FileName) is { } text ? SharedRandomStateText.Parse(text, self, authorities, interval) : null;
        }
        catch (ProtocolException fault)
        {
            AuthorityLog.SharedRandomLost(_context.Loggers.CreateLogger<SharedRandomKeeper>(), fault.Message);
            return null;
        }
    }
}
