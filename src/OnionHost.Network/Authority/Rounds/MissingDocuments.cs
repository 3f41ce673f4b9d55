using System.Collections.Immutable;
using OnionHost.Network.Authority.Uploads;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>
/// Fetches from the other authorities what their votes know and this one does not: descriptors of relays that reached only
/// them, and microdescriptors that a consensus lists, which clients will ask for.
/// </summary>
internal sealed class MissingDocuments(AuthorityParts parts)
{
    private const int PerRequest = 90;
    private const int MaximumDocuments = 10_000;

    /// <summary>Fetches what is missing; what cannot be had stays missing.</summary>
    public async Task GatherAsync(ImmutableArray<Vote> votes, Consensus consensus, CancellationToken ct)
    {
        foreach (var peer in parts.Peers.All)
        {
            var missing = votes.Where(v => v.Voter == peer.Authority.V3Identity)
                .SelectMany(v => v.Content.Relays).Select(r => r.DescriptorDigest).Where(d => !parts.Pool.Knows(d)).Take(MaximumDocuments);
            foreach (var part in missing.Chunk(PerRequest))
            {
                await FetchAsync(peer, "/tor/server/d/" + string.Join('+', part), TakeDescriptors, ct);
            }
        }

        foreach (var peer in parts.Peers.All)
        {
            var missing = consensus.Relays.Select(r => r.MicrodescriptorDigest).OfType<Digest256>()
                .Where(d => parts.Store.Microdescriptor(d) is null).Take(MaximumDocuments);
            foreach (var part in missing.ToList().Chunk(PerRequest))
            {
                await FetchAsync(peer, "/tor/micro/d/" + string.Join('-', part), TakeMicrodescriptors, ct);
            }
        }
    }

    private void TakeDescriptors(ReadOnlyMemory<byte> body)
    {
        foreach (var descriptor in UploadedDocuments.ReadAll(body, PerRequest))
        {
            parts.Pool.Offer(descriptor);
        }
    }

    private void TakeMicrodescriptors(ReadOnlyMemory<byte> body)
    {
        foreach (var document in DocumentReader.Split(body, Microdescriptor.FirstKeyword).Take(PerRequest))
        {
            parts.Store.AddMicrodescriptor(Microdescriptor.Parse(document.Span));
        }
    }

    private static async Task FetchAsync(AuthorityPeer peer, string path, Action<ReadOnlyMemory<byte>> take, CancellationToken ct)
    {
        try
        {
            var response = await peer.GetAsync(path, ct);
            if (response.IsOk)
            {
                take(response.Body);
            }
        }
        catch (TorException) when (!ct.IsCancellationRequested)
        {
            // The next authority may have it.
        }
    }
}
