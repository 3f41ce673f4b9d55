using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Approval;

/// <summary>
/// Which relays a running authority lists (section 4 of the paper: operators approve relays by hand). It follows the operator's
/// file, and keeps a list of who waits. Authorities need no approval. Safe for concurrent use.
/// </summary>
internal sealed class RelayApprovals
{
    private readonly NodeContext _context;
    private readonly ApprovalFile _decisions;
    private readonly WaitingFile _waitingFile;
    private readonly HashSet<RelayFingerprint> _authorities;
    private readonly Dictionary<RelayFingerprint, WaitingRelay> _waiting;
    private readonly Lock _lock = new();
    private readonly ILogger _logger;
    private ImmutableSortedDictionary<RelayFingerprint, ApprovedRelay> _known = ImmutableSortedDictionary<RelayFingerprint, ApprovedRelay>.Empty;
    private (DateTime, long) _version;

    /// <summary>Reads what was decided.</summary>
    /// <param name="context">Time and logs.</param>
    /// <param name="folder">The authority's directory.</param>
    /// <param name="authorities">Who needs no approval.</param>
    /// <exception cref="TorException">The file cannot be read, or is malformed.</exception>
    public RelayApprovals(NodeContext context, string folder, IEnumerable<DirectoryAuthority> authorities)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger<RelayApprovals>();
        var files = new AuthorityFiles(folder);
        _decisions = new ApprovalFile(files);
        _waitingFile = new WaitingFile(files);
        _authorities = [.. authorities.Select(authority => authority.Fingerprint)];
        _waiting = _waitingFile.Read().DistinctBy(relay => relay.Fingerprint).ToDictionary(relay => relay.Fingerprint);
        _version = _decisions.Version;
        _known = _decisions.Read();
    }

    /// <summary>What was decided about a relay.</summary>
    public RelayApproval Of(RelayFingerprint fingerprint)
    {
        lock (_lock)
        {
            Follow();
            return _authorities.Contains(fingerprint) ? RelayApproval.Approved
                : _known.TryGetValue(fingerprint, out var relay) ? relay.Approval : RelayApproval.Waiting;
        }
    }

    /// <summary>Notes a relay that has uploaded a descriptor and waits.</summary>
    public void Note(ServerDescriptor descriptor)
    {
        lock (_lock)
        {
            if (_waiting.Count >= WaitingFile.MostRelays || _waiting.ContainsKey(descriptor.Fingerprint))
            {
                return;
            }

            _waiting[descriptor.Fingerprint] = new WaitingRelay(
                descriptor.Fingerprint, descriptor.Nickname, new IPEndPoint(descriptor.Address, descriptor.OrPort), _context.Now);
            Save();
        }

        AuthorityLog.Waiting(_logger, descriptor.Nickname.ToString(), descriptor.Fingerprint);
    }

    private void Follow()
    {
        var version = _decisions.Version;
        if (version == _version)
        {
            return;
        }

        _version = version;
        try
        {
            _known = _decisions.Read();
            foreach (var decided in _known.Keys)
            {
                _waiting.Remove(decided);
            }

            Save();
        }
        catch (TorException fault)
        {
            // What was decided before stands until the file is mended.
            AuthorityLog.ApprovalsFault(_logger, fault.Message);
        }
    }

    private void Save()
    {
        try
        {
            _waitingFile.Write(_waiting.Values);
        }
        catch (TorException fault)
        {
            AuthorityLog.ApprovalsFault(_logger, fault.Message);
        }
    }
}
