using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>
/// The votes that this authority signed last, on disk before anybody gets them: restarted, or with its clock set back, it must
/// not sign another vote of a period that it voted in. Safe for concurrent use.
/// </summary>
internal sealed class OwnVotes
{
    private const string FileName = "own-votes";
    private const int Most = 4;

    private readonly AuthorityFiles? _files;
    private readonly Lock _lock = new();
    private ImmutableArray<Vote> _votes;

    /// <summary>Loads them.</summary>
    public OwnVotes(NodeContext context, RelayFingerprint self, AuthorityFiles? files)
    {
        _files = files;
        _votes = Load(context.Loggers.CreateLogger<OwnVotes>(), self);
    }

    /// <summary>The vote of a period; null if there is none.</summary>
    public Vote? Of(DateTimeOffset validAfter) => _votes.FirstOrDefault(v => v.Content.ValidAfter == validAfter);

    /// <summary>True if there is one of a period in this range.</summary>
    public bool IsAnyWithin(DateTimeOffset first, DateTimeOffset last) => _votes.Any(v => v.Content.ValidAfter >= first && v.Content.ValidAfter <= last);

    /// <summary>Keeps one more, before it is shown to anybody.</summary>
    /// <exception cref="TorException">It cannot be written: then it must not be shown.</exception>
    public void Add(Vote vote)
    {
        lock (_lock)
        {
            var votes = _votes.TakeLast(Most - 1).Append(vote).ToImmutableArray();
            _files?.Write(FileName, string.Concat(votes));
            _votes = votes;
        }
    }

    private ImmutableArray<Vote> Load(ILogger logger, RelayFingerprint self)
    {
        try
        {
            var text = _files?.Read(FileName) ?? string.Empty;
            return [.. DocumentReader.Split(System.Text.Encoding.UTF8.GetBytes(text), "network-status-version").Select(Vote.Parse).Where(v => v.Voter == self)];
        }
        catch (ProtocolException fault)
        {
            AuthorityLog.OwnVotesLost(logger, fault.Message);
            return [];
        }
    }
}
