using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Consensuses.Diffs;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>Fetches consensuses and the certificates to verify them with.</summary>
internal sealed class ConsensusFetcher(NodeContext context, ConsensusChecks checks, DirectoryStore store, IDirectorySource source)
{
    private static readonly TimeSpan NoticeableSkew = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan LongestSince = TimeSpan.FromMinutes(3);

    private readonly ILogger _logger = context.Loggers.CreateLogger<ConsensusFetcher>();

    /// <summary>True if no trusted authority has a live certificate here.</summary>
    public bool LacksCertificates => !store.Certificates.Any(c => checks.Trusted.Contains(c.Identity) && c.IsLive(context.Now));

    /// <summary>Fetches the newest certificate of each trusted authority.</summary>
    /// <exception cref="TorException">Not a single one could be had.</exception>
    public async Task FetchCertificatesAsync(CancellationToken ct)
    {
        var response = await FetchCertificatesAsync(DirectoryPaths.Certificates(checks.Trusted), ct);
        if (LacksCertificates)
        {
            throw Skew(response) is { } skew ? DirectoryFaults.ClockSkew(skew) : DirectoryFaults.NoCertificates(checks.Trusted.Count);
        }
    }

    /// <summary>Fetches and verifies a consensus; null if the directory has none newer than <paramref name="current"/>.</summary>
    /// <exception cref="TorException">There is none, it is malformed, badly signed, or not of our time.</exception>
    public async Task<Consensus?> FetchAsync(ConsensusFlavor flavor, Consensus? current, CancellationToken ct)
    {
        var response = await AskAsync(flavor, current, ct);
        if (response.Status == 304 && current is not null)
        {
            return null;
        }

        if (!response.IsOk)
        {
            throw DirectoryFaults.NoConsensus(response.Status, response.Reason);
        }

        var consensus = Consensus.Parse(response.Body);
        if (consensus.Flavor != flavor)
        {
            throw new ProtocolException("A directory gave a consensus of another flavour than it was asked for.");
        }

        CheckTime(consensus, response);
        await VerifyAsync(consensus, response, ct);
        return current is null || consensus.ValidAfter > current.ValidAfter ? consensus : null;
    }

    // Asks for what changed since the current one; a diff that does not fit is no reason to be without the consensus.
    private async Task<DirectoryResponse> AskAsync(ConsensusFlavor flavor, Consensus? current, CancellationToken ct)
    {
        var path = DirectoryPaths.Consensus(flavor, checks.Trusted);
        var headers = current is null ? ImmutableDictionary<string, string>.Empty : ImmutableDictionary<string, string>.Empty
            .Add("If-Modified-Since", Since(current).ToString("R", CultureInfo.InvariantCulture));
        if (current is null || current.ValidAfter < context.Now - OldestForDiff(current))
        {
            return await source.GetAsync(path, headers, ct);
        }

        var response = await source.GetAsync(
            path, headers.Add(ConsensusResource.DiffHeader, Convert.ToHexString(ConsensusDiff.NameOf(current).Span)), ct);
        if (!response.IsOk || !ConsensusDiff.IsDiff(response.Body.Span))
        {
            return response;
        }

        try
        {
            return response with { Body = ConsensusDiff.Apply(current, response.Body, DirectoryLimits.Answer) };
        }
        catch (ProtocolException fault)
        {
            DirectoryLog.DiffFault(_logger, fault);
            return await source.GetAsync(path, headers, ct);
        }
    }

    // Three minutes later, as every Tor asks: a directory sends again what was made at the very time.
    private static DateTimeOffset Since(Consensus current)
    {
        var half = (current.FreshUntil - current.ValidAfter) / 2;
        return current.ValidAfter + (half < LongestSince ? half : LongestSince);
    }

    private static TimeSpan OldestForDiff(Consensus current) =>
        TimeSpan.FromHours(current.Parameters.GetInt("try-diff-for-consensus-newer-than", 72, 0, 8192));

    private async Task VerifyAsync(Consensus consensus, DirectoryResponse response, CancellationToken ct)
    {
        var missing = checks.MissingCertificates(consensus, store, context.Now);
        if (missing.Count > 0)
        {
            await FetchCertificatesAsync(DirectoryPaths.Certificates(missing), ct);
        }

        try
        {
            checks.CheckSignatures(consensus, store, context.Now);
        }
        catch (TorException fault) when (Skew(response) is { } skew)
        {
            // With a wrong clock certificates look expired: that is the cause to name.
            throw DirectoryFaults.ClockSkew(skew, fault);
        }
    }

    private void CheckTime(Consensus consensus, DirectoryResponse response)
    {
        try
        {
            ConsensusChecks.CheckTime(consensus, context.Now);
        }
        catch (TorException fault) when (Skew(response) is { } skew)
        {
            throw DirectoryFaults.ClockSkew(skew, fault);
        }
    }

    // How far our clock is ahead of the directory's; null if not noticeably. A directory may lie, so this only words an error.
    private TimeSpan? Skew(DirectoryResponse response) =>
        response.Date is { } date && (context.Now - date).Duration() > NoticeableSkew ? context.Now - date : null;

    private async Task<DirectoryResponse> FetchCertificatesAsync(string path, CancellationToken ct)
    {
        var response = await source.GetAsync(path, null, ct);
        if (response.IsOk)
        {
            AddCertificates(response.Body);
        }

        return response;
    }

    /// <summary>Takes the certificates of trusted authorities out of a body.</summary>
    public void AddCertificates(ReadOnlyMemory<byte> body)
    {
        foreach (var document in DocumentReader.Split(body, AuthorityCertificate.FirstKeyword))
        {
            try
            {
                var certificate = AuthorityCertificate.Parse(document.Span);
                if (checks.Trusted.Contains(certificate.Identity))
                {
                    store.AddCertificate(certificate);
                }
            }
            catch (ProtocolException fault)
            {
                DirectoryLog.MalformedDocument(_logger, AuthorityCertificate.FirstKeyword, fault);
            }
        }
    }
}
