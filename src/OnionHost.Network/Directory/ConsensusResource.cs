using System.Globalization;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Consensuses.Diffs;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>Serves the newest consensus of each flavour, or what changed in it since one that the client has (dir-spec 4.2, 4.5).</summary>
internal sealed class ConsensusResource(NodeContext context, DirectoryStore store)
{
    /// <summary>The header in which clients name the consensuses that they have, by digest.</summary>
    public const string DiffHeader = "X-Or-Diff-From-Consensus";

    private const string Prefix = "/tor/status-vote/current/consensus";
    private const int MaximumNames = 32;

    private static readonly TimeSpan TooOld = TimeSpan.FromDays(1);

    /// <summary>Answers a GET; null if it is for something else.</summary>
    public DirectoryResponse? TryAnswer(DirectoryRequest request) =>
        request.Path.StartsWith(Prefix, StringComparison.Ordinal) ? Answer(request) : null;

    // After the prefix: [-microdesc][/diff/HASH][/FP6+FP6...]
    private DirectoryResponse? Answer(DirectoryRequest request)
    {
        var parts = request.Path[Prefix.Length..].Split('/');
        ConsensusFlavor? flavor = parts[0] switch { "" => ConsensusFlavor.Ns, "-microdesc" => ConsensusFlavor.Microdesc, _ => null };
        if (flavor is null)
        {
            return null;
        }

        var isDiffOnly = parts.Length >= 3 && parts[1] == "diff";
        var signers = isDiffOnly ? parts[3..] : parts[1..];
        if (signers.Length > 1 || (isDiffOnly && !ConsensusDiff.TryReadHash(parts[2], out _)))
        {
            return DirectoryResponse.NotFound("Couldn't parse request");
        }

        return store.StoredConsensus(flavor.Value) is { } stored
            ? Answer(request, stored, isDiffOnly ? [parts[2]] : Named(request), isDiffOnly, signers.FirstOrDefault())
            : DirectoryResponse.NotFound();
    }

    private DirectoryResponse Answer(DirectoryRequest request, StoredConsensus stored, string[] known, bool isDiffOnly, string? signers)
    {
        var names = known.Select(name => ConsensusDiff.TryReadHash(name, out var hash) ? hash : default(Digest256?)).OfType<Digest256>().ToList();
        if (names.Contains(stored.Name))
        {
            return DirectoryResponse.NotModified();
        }

        var consensus = stored.Consensus;
        if (Refusal(consensus, signers) is { } reason)
        {
            return DirectoryResponse.NotFound(reason);
        }

        if (!request.IsModifiedSince(consensus.ValidAfter))
        {
            return DirectoryResponse.NotModified();
        }

        var diff = names.Select(stored.DiffFrom).FirstOrDefault(d => d is not null);
        if (diff is null && isDiffOnly)
        {
            return DirectoryResponse.NotFound("No such diff available");
        }

        return (diff ?? stored.Document).ToResponse()
            .With("Vary", DiffHeader)
            .With("Expires", (consensus.FreshUntil > context.Now ? consensus.FreshUntil : context.Now).ToString("R", CultureInfo.InvariantCulture));
    }

    private string? Refusal(Consensus consensus, string? signers) =>
        consensus.ValidAfter > context.Now + TooOld ? "Consensus is too new"
        : consensus.ValidUntil < context.Now - TooOld ? "Consensus is too old"
        : signers is not null && !IsSignedByMost(consensus, signers.Split('+', StringSplitOptions.RemoveEmptyEntries))
            ? "Consensus not signed by sufficient number of requested authorities"
            : null;

    private static bool IsSignedByMost(Consensus consensus, string[] prefixes)
    {
        var signers = consensus.Signatures.Select(s => s.Identity.ToString()).Distinct().ToList();
        var signed = prefixes.Count(prefix => signers.Exists(s => s.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
        return signed >= (prefixes.Length / 2) + 1;
    }

    private static string[] Named(DirectoryRequest request) =>
        [.. (request.Headers.GetValueOrDefault(DiffHeader) ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MaximumNames)];
}
