using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>Fetches what a consensus names, in batches, and puts into the store what has the right digest.</summary>
internal sealed class DocumentFetcher(NodeContext context, DirectoryStore store, IDirectorySource source)
{
    private const int Parallel = 4;

    private readonly ILogger _logger = context.Loggers.CreateLogger<DocumentFetcher>();

    /// <summary>The microdescriptors that a consensus names and the store has not.</summary>
    public IReadOnlyList<Digest256> MissingMicrodescriptors(Consensus consensus) =>
        [.. consensus.Relays.Select(r => r.MicrodescriptorDigest).OfType<Digest256>().Where(d => store.Microdescriptor(d) is null).Distinct()];

    /// <summary>The server descriptors that a consensus names and the store has not.</summary>
    public IReadOnlyList<Digest160> MissingDescriptors(Consensus consensus) =>
        [.. consensus.Relays.Select(r => r.DescriptorDigest).OfType<Digest160>().Where(d => store.Descriptor(d) is null).Distinct()];

    /// <summary>Fetches the microdescriptors that are missing; those that nobody gives stay missing.</summary>
    /// <param name="consensus">Names them.</param>
    /// <param name="stored">Called after each batch.</param>
    /// <param name="ct">Gives up.</param>
    public Task FetchMicrodescriptorsAsync(Consensus consensus, Action? stored, CancellationToken ct) =>
        FetchAsync(MissingMicrodescriptors(consensus), DirectoryPaths.Microdescriptors, AddMicrodescriptors, stored, ct);

    /// <summary>Fetches the server descriptors that are missing; those that nobody gives stay missing.</summary>
    public Task FetchDescriptorsAsync(Consensus consensus, CancellationToken ct) =>
        FetchAsync(MissingDescriptors(consensus), DirectoryPaths.Descriptors, AddDescriptors, null, ct);

    private async Task FetchAsync<T>(
        IReadOnlyList<T> digests, Func<IEnumerable<T>, string> path, Action<ReadOnlyMemory<byte>, HashSet<T>> add, Action? stored, CancellationToken ct)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct };
        await System.Threading.Tasks.Parallel.ForEachAsync(digests.Chunk(DirectoryPaths.DocumentsPerRequest), options, async (batch, stop) =>
        {
            try
            {
                var response = await source.GetAsync(path(batch), null, stop);
                if (response.IsOk)
                {
                    add(response.Body, [.. batch]);
                    stored?.Invoke();
                }
            }
            catch (TorException fault)
            {
                DirectoryLog.BatchFault(_logger, batch.Length, fault);
            }
        });
    }

    private void AddMicrodescriptors(ReadOnlyMemory<byte> body, HashSet<Digest256> wanted) =>
        ForEach(body, Microdescriptor.FirstKeyword, document =>
        {
            var microdescriptor = Microdescriptor.Parse(document);
            if (wanted.Contains(microdescriptor.Digest))
            {
                store.AddMicrodescriptor(microdescriptor);
            }
        });

    private void AddDescriptors(ReadOnlyMemory<byte> body, HashSet<Digest160> wanted) =>
        ForEach(body, ServerDescriptor.FirstKeyword, document =>
        {
            var descriptor = ServerDescriptor.Parse(document);
            if (wanted.Contains(descriptor.Digest))
            {
                store.AddDescriptor(descriptor);
            }
        });

    private void ForEach(ReadOnlyMemory<byte> body, string firstKeyword, DocumentAction read)
    {
        foreach (var document in DocumentReader.Split(body, firstKeyword))
        {
            try
            {
                read(document.Span);
            }
            catch (ProtocolException fault)
            {
                DirectoryLog.MalformedDocument(_logger, firstKeyword, fault);
            }
        }
    }

    private delegate void DocumentAction(ReadOnlySpan<byte> document);
}
