using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Authority.Rounds;
using OnionHost.Network.Authority.Uploads;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Authority;

/// <summary>An authority's part of the directory (dir-spec 4.2, 4.3): uploads of descriptors, votes and signatures, and what is not published yet.</summary>
internal sealed class AuthorityResource(VotingAuthority authority, ILogger logger) : IDirectoryResource
{
    private const string NextPath = "/tor/status-vote/next/";
    private const string CurrentPath = "/tor/status-vote/current/";
    private const int MaximumNames = 64;

    /// <inheritdoc/>
    public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct) =>
        ValueTask.FromResult(request.IsPost ? Post(request) : request.IsGet ? Get(request.Path) : null);

    private DirectoryResponse? Post(DirectoryRequest request) => request.Path switch
    {
        "/tor/" or "/tor" => Judge("descriptor", () => Upload(request.Body)),
        "/tor/post/vote" => Judge("vote", () => Take(Vote.Parse(request.Body))),
        "/tor/post/consensus-signature" => Judge("signature", () => Take(DetachedSignatures.Parse(request.Body))),
        _ => null,
    };

    /// <summary>Takes what was posted; if it is refused, the operator hears why, as the sender does.</summary>
    private DirectoryResponse Judge(string what, Func<DirectoryResponse> take)
    {
        DirectoryResponse response;
        try
        {
            response = take();
        }
        catch (ProtocolException fault)
        {
            response = DirectoryResponse.BadRequest(fault.Message);
        }

        if (!response.IsOk)
        {
            AuthorityLog.Refused(logger, what, response.Reason);
        }

        return response;
    }

    private DirectoryResponse Upload(ReadOnlyMemory<byte> body)
    {
        var uploaded = UploadedDocuments.Read(body);
        var isNews = false;
        foreach (var verdict in uploaded.Descriptors.Select(authority.Offer))
        {
            if (verdict.Rejection is { } reason)
            {
                return DirectoryResponse.BadRequest(reason);
            }

            isNews |= verdict.IsAccepted;
        }

        if (uploaded.ExtraInfos.Select(authority.Offer).FirstOrDefault(verdict => verdict.Rejection is not null).Rejection is { } fault)
        {
            return DirectoryResponse.BadRequest(fault);
        }

        var response = DirectoryResponse.Ok(string.Empty);
        return isNews ? response : response.With("X-Descriptor-Not-New", "Yes");
    }

    private DirectoryResponse Take(Vote vote) => Reply(vote.Content.ValidAfter, r => r.AddPosted(vote));

    private DirectoryResponse Take(DetachedSignatures signatures) => Reply(signatures.ValidAfter, r => r.Add(signatures));

    private DirectoryResponse Reply(DateTimeOffset validAfter, Func<VotingRound, VoteReply> take)
    {
        if (authority.Open.FirstOrDefault(r => r.ValidAfter == validAfter) is not { } round)
        {
            return DirectoryResponse.BadRequest("Bad valid-after time");
        }

        var reply = take(round);
        return reply.IsTaken ? DirectoryResponse.Ok(string.Empty) with { Reason = reply.Message } : DirectoryResponse.BadRequest(reply.Message);
    }

    private DirectoryResponse? Get(string path)
    {
        if (path.StartsWith(NextPath, StringComparison.Ordinal))
        {
            return NextDocument(path[NextPath.Length..]);
        }

        if (!path.StartsWith(CurrentPath, StringComparison.Ordinal) || path.StartsWith(CurrentPath + "consensus", StringComparison.Ordinal))
        {
            return null;
        }

        return Votes(authority.Last?.Votes ?? [], path[CurrentPath.Length..]);
    }

    private DirectoryResponse NextDocument(string name)
    {
        var pending = authority.Open.Select(r => r.Pending).FirstOrDefault(p => p is not null);
        return name switch
        {
            "consensus" => Text(pending?.Text(ConsensusFlavor.Ns)),
            "consensus-microdesc" => Text(pending?.Text(ConsensusFlavor.Microdesc)),
            "consensus-signatures" => Text(pending?.Detached().ToString()),
            _ => Votes([.. authority.Open.SelectMany(r => r.Shown)], name),
        };
    }

    private DirectoryResponse Votes(ImmutableArray<Vote> votes, string names)
    {
        var named = names switch
        {
            "authority" => votes.Where(v => v.Voter == authority.Keys.Identity).Take(1),
            _ when names.StartsWith("d/", StringComparison.Ordinal) => Named(names[2..]).SelectMany(n => votes.Where(v => v.Digest.ToString() == n)),
            _ => Named(names).SelectMany(n => votes.Where(v => v.Voter.ToString() == n)),
        };
        var found = named.ToList();
        return found.Count == 0 ? DirectoryResponse.NotFound() : DirectoryResponse.Ok(Joined(found));
    }

    private static IEnumerable<string> Named(string names) => names.ToUpperInvariant().Split('+').Distinct(StringComparer.Ordinal).Take(MaximumNames);

    private static ReadOnlyMemory<byte> Joined(List<Vote> votes)
    {
        using var body = new MemoryStream();
        votes.ForEach(v => body.Write(v.Document.Span));
        return body.ToArray();
    }

    private static DirectoryResponse Text(string? text) => text is null ? DirectoryResponse.NotFound() : DirectoryResponse.Ok(text);
}
