using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>
/// What every directory serves from its store (dir-spec 6.2): consensuses, certificates, microdescriptors, server
/// descriptors and their extra-infos.
/// </summary>
internal sealed class DirectoryCacheResource(NodeContext context, DirectoryStore store) : IDirectoryResource
{
    private const string MicrodescriptorPath = "/tor/micro/d/";
    private const int MaximumNames = 600;

    private readonly ConsensusResource _consensuses = new(context, store);

    /// <inheritdoc/>
    public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct) =>
        ValueTask.FromResult(
            request.IsGet ? _consensuses.TryAnswer(request) ?? Answer(request)
            : request is { IsPost: true, Path: "/tor/" } ? DirectoryResponse.BadRequest("Nonauthoritative directory does not accept posted server descriptors")
            : null);

    private DirectoryResponse? Answer(DirectoryRequest request)
    {
        var path = request.Path;

        // Digests in base64 may contain slashes.
        if (path.StartsWith(MicrodescriptorPath, StringComparison.Ordinal))
        {
            return Documents(path[MicrodescriptorPath.Length..].Split('-'), Microdescriptor);
        }

        return path.Split('/') switch
        {
            ["", "tor", "keys", .. var rest] => Keys(request, rest),
            ["", "tor", "server", "all"] => Documents(store.Descriptors.Select(d => d.Bytes)),
            ["", "tor", "server", "authority"] => store.Own is { } own ? DirectoryResponse.Ok(own.Bytes) : DirectoryResponse.NotFound(),
            ["", "tor", "server", "d", var names] => Documents(names.Split('+'), Descriptor),
            ["", "tor", "server", "fp", var names] => Documents(names.Split('+'), DescriptorOf),
            ["", "tor", "extra", "all"] => Documents(store.ExtraInfos.Select(e => e.Bytes)),
            ["", "tor", "extra", "authority"] => store.Own is { } own ? Documents([own.Fingerprint.ToString()], ExtraInfoOf) : DirectoryResponse.NotFound(),
            ["", "tor", "extra", "d", var names] => Documents(names.Split('+'), ExtraInfo),
            ["", "tor", "extra", "fp", var names] => Documents(names.Split('+'), ExtraInfoOf),
            _ => null,
        };
    }

    private DirectoryResponse Keys(DirectoryRequest request, string[] rest)
    {
        if (Certificates(rest) is not { } named)
        {
            return DirectoryResponse.BadRequest("Bad request");
        }

        var found = named.ToList();
        var modified = found.Where(c => request.IsModifiedSince(c.Published)).ToList();
        return found.Count > 0 && modified.Count == 0 ? DirectoryResponse.NotModified() : Documents(modified.Select(c => c.Bytes));
    }

    private IEnumerable<AuthorityCertificate>? Certificates(string[] rest) => rest switch
    {
        ["all"] => store.Certificates,
        ["authority"] => Own(),
        ["fp", var names] => Named(names).SelectMany(n => store.Certificates.Where(c => IsHex(c.Identity, n)).Take(1)),
        ["sk", var names] => Named(names).SelectMany(n => store.Certificates.Where(c => IsHex(c.SigningKey.Fingerprint, n)).Take(1)),
        ["fp-sk", var names] => Named(names).Select(n => n.Split('-')).Where(p => p.Length == 2)
            .SelectMany(p => store.Certificates.Where(c => IsHex(c.Identity, p[0]) && IsHex(c.SigningKey.Fingerprint, p[1])).Take(1)),
        _ => null,
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

    private ReadOnlyMemory<byte>? ExtraInfo(string name) =>
        Digest160.TryParse(name, out var digest) ? store.ExtraInfo(digest)?.Bytes : null;

    private ReadOnlyMemory<byte>? ExtraInfoOf(string name) =>
        RelayFingerprint.TryParse(name, out var fingerprint) && store.DescriptorOf(fingerprint)?.ExtraInfoDigest is { } digest ? store.ExtraInfo(digest)?.Bytes : null;

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
