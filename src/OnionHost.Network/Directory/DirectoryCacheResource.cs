using System.Globalization;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>
/// What every directory serves from its store (dir-spec 6.2): consensuses, certificates, microdescriptors and
/// server descriptors.
/// </summary>
internal sealed class DirectoryCacheResource(NodeContext context, DirectoryStore store) : IDirectoryResource
{
    private const string ConsensusPath = "/tor/status-vote/current/consensus";
    private const string MicrodescriptorPath = "/tor/micro/d/";
    private const int MaximumNames = 600;

    private static readonly TimeSpan TooOld = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct) =>
        ValueTask.FromResult(request.IsGet ? Answer(request) : null);

    private DirectoryResponse? Answer(DirectoryRequest request)
    {
        var path = request.Path;
        if (path.StartsWith(ConsensusPath, StringComparison.Ordinal))
        {
            return Consensus(path[ConsensusPath.Length..], request);
        }

        // Digests in base64 may contain slashes.
        if (path.StartsWith(MicrodescriptorPath, StringComparison.Ordinal))
        {
            return Documents(path[MicrodescriptorPath.Length..].Split('-'), Microdescriptor);
        }

        return path.Split('/') switch
        {
            ["", "tor", "keys", .. var rest] => Documents(Certificates(rest).Select(c => c.Bytes)),
            ["", "tor", "server", "all"] => Documents(store.Descriptors.Select(d => d.Bytes)),
            ["", "tor", "server", "authority"] => store.Own is { } own ? DirectoryResponse.Ok(own.Bytes) : DirectoryResponse.NotFound(),
            ["", "tor", "server", "d", var names] => Documents(names.Split('+'), Descriptor),
            ["", "tor", "server", "fp", var names] => Documents(names.Split('+'), DescriptorOf),
            ["", "tor", "extra", ..] => DirectoryResponse.NotFound(),
            _ => null,
        };
    }

    // rest is: [-microdesc][/diff/HASH][/FP6+FP6...]; diffs are never made, so that a diff's URL gets the whole consensus.
    private DirectoryResponse? Consensus(string rest, DirectoryRequest request)
    {
        var parts = rest.Split('/');
        ConsensusFlavor? flavor = parts[0] switch { "" => ConsensusFlavor.Ns, "-microdesc" => ConsensusFlavor.Microdesc, _ => null };
        if (flavor is null || parts.Length > 4)
        {
            return null;
        }

        if (store.StoredConsensus(flavor.Value) is not { } stored || stored.Consensus.ValidUntil + TooOld < context.Now)
        {
            return DirectoryResponse.NotFound("No current consensus");
        }

        var consensus = stored.Consensus;
        if (parts.Length is 2 or 4 && !IsSignedByEnough(consensus, parts[^1].Split('+')))
        {
            return DirectoryResponse.NotFound("Consensus not signed by sufficient number of requested authorities");
        }

        return IsModifiedSince(request, consensus.ValidAfter)
            ? DirectoryResponse.Ok(consensus.Document) with { DeflatedBody = () => stored.Deflated }
            : DirectoryResponse.NotModified();
    }

    private static bool IsSignedByEnough(Consensus consensus, string[] prefixes)
    {
        var signers = consensus.Signatures.Select(s => s.Identity.ToString()).Distinct().ToList();
        var signed = prefixes.Count(prefix => prefix.Length > 0 && signers.Exists(s => s.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
        return signed >= (prefixes.Length + 1) / 2;
    }

    private static bool IsModifiedSince(DirectoryRequest request, DateTimeOffset modified) =>
        !request.Headers.TryGetValue("If-Modified-Since", out var text)
        || !DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
        || since < modified;

    private IEnumerable<AuthorityCertificate> Certificates(string[] rest) => rest switch
    {
        ["all"] => store.Certificates,
        ["authority"] => Own(),
        ["fp", var names] => Named(names).SelectMany(n => store.Certificates.Where(c => IsHex(c.Identity, n)).Take(1)),
        ["sk", var names] => Named(names).SelectMany(n => store.Certificates.Where(c => IsHex(c.SigningKey.Fingerprint, n)).Take(1)),
        ["fp-sk", var names] => Named(names).Select(n => n.Split('-')).Where(p => p.Length == 2)
            .SelectMany(p => store.Certificates.Where(c => IsHex(c.Identity, p[0]) && IsHex(c.SigningKey.Fingerprint, p[1])).Take(1)),
        _ => [],
    };

    private IEnumerable<AuthorityCertificate> Own() => store.OwnCertificate is { } own ? [own] : [];

    private static IEnumerable<string> Named(string names) => names.Split('+').Take(MaximumNames);

    private static bool IsHex(RelayFingerprint fingerprint, string text) => RelayFingerprint.TryParse(text, out var parsed) && parsed == fingerprint;

    private ReadOnlyMemory<byte>? Microdescriptor(string name) =>
        Digest256.TryParse(name, out var digest) ? store.Microdescriptor(digest)?.Bytes : null;

    private ReadOnlyMemory<byte>? Descriptor(string name) =>
        Digest160.TryParse(name, out var digest) ? store.Descriptor(digest)?.Bytes : null;

    private ReadOnlyMemory<byte>? DescriptorOf(string name) =>
        RelayFingerprint.TryParse(name, out var fingerprint) ? store.DescriptorOf(fingerprint)?.Bytes : null;

    private static DirectoryResponse Documents(string[] names, Func<string, ReadOnlyMemory<byte>?> find) =>
        Documents(names.Take(MaximumNames).Distinct(StringComparer.Ordinal).Select(find).OfType<ReadOnlyMemory<byte>>());

    private static DirectoryResponse Documents(IEnumerable<ReadOnlyMemory<byte>> documents)
    {
        using var body = new MemoryStream();
        foreach (var document in documents)
        {
            body.Write(document.Span);
        }

        return body.Length == 0 ? DirectoryResponse.NotFound() : DirectoryResponse.Ok(body.ToArray());
    }
}
