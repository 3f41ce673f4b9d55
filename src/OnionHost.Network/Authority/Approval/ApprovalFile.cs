using System.Collections.Immutable;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Approval;

/// <summary>
/// What the operator has decided, in the authority's directory: <c>approved-relays</c>, a line for each relay, which a running
/// authority reads again when it changes. People may edit it.
/// </summary>
internal sealed class ApprovalFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "approved-relays";

    private const string Head = "# approve|reject FINGERPRINT [NICKNAME]\n";
    private const int MostLines = 100_000;

    private readonly AuthorityFiles _files;

    public ApprovalFile(AuthorityFiles files)
    {
        _files = files;
    }

    /// <summary>Changes whenever the file does.</summary>
    public (DateTime Written, long Length) Version =>
        new FileInfo(_files.PathOf(Name)) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    /// <summary>All decisions; none if there is no file.</summary>
    /// <exception cref="TorException">The file cannot be read, or a line is malformed.</exception>
    public ImmutableSortedDictionary<RelayFingerprint, ApprovedRelay> Read()
    {
        var lines = (_files.Read(Name) ?? string.Empty).Split('\n');
        var decisions = ImmutableSortedDictionary.CreateBuilder<RelayFingerprint, ApprovedRelay>();
        for (var i = 0; i < lines.Length && i < MostLines; i++)
        {
            var words = lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && !words[0].StartsWith('#'))
            {
                var relay = Parse(words) ?? throw new TorException(
                    TorErrorKind.Local, $"Line {i + 1} of {_files.PathOf(Name)} is malformed. Expected: approve or reject, and a fingerprint of 40 hexadecimal digits.");
                decisions[relay.Fingerprint] = relay;
            }
        }

        return decisions.ToImmutable();
    }

    /// <summary>Decides about a relay; <see cref="RelayApproval.Waiting"/> forgets it.</summary>
    /// <exception cref="TorException">The file cannot be read or written.</exception>
    public void Decide(ApprovedRelay relay)
    {
        var decisions = Read();
        decisions = relay.Approval == RelayApproval.Waiting ? decisions.Remove(relay.Fingerprint) : decisions.SetItem(relay.Fingerprint, relay);
        _files.Write(Name, Head + string.Concat(decisions.Values.Select(decided => decided + "\n")));
    }

    private static ApprovedRelay? Parse(string[] words)
    {
        var approval = words[0] switch { "approve" => RelayApproval.Approved, "reject" => RelayApproval.Rejected, _ => RelayApproval.Waiting };
        return approval != RelayApproval.Waiting && words.Length is 2 or 3 && RelayFingerprint.TryParse(words[1], out var fingerprint)
            ? new ApprovedRelay(fingerprint, approval, words.Length > 2 && Nickname.TryParse(words[2], out var nickname) ? nickname : null)
            : null;
    }
}
