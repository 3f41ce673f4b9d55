using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Directory;
using OnionHost.Network.Directory.Bootstrap;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

/// <summary>A stock network's own documents and requests.</summary>
public sealed class StockDirectoryTests
{
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 6, 28, 50, TimeSpan.Zero));
    private readonly NodeContext _context;
    private readonly DirectoryStore _store;
    private readonly DirectoryCacheResource _resource;
    private readonly IReadOnlyList<DirectoryAuthority> _authorities;

    public StockDirectoryTests()
    {
        _context = new NodeContext(_clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        _store = new DirectoryStore(_context);
        _resource = new DirectoryCacheResource(_context, _store);
        foreach (var document in Split("keys-all", AuthorityCertificate.FirstKeyword))
        {
            _store.AddCertificate(AuthorityCertificate.Parse(document.Span));
        }

        foreach (var document in Split("microdescs", Microdescriptor.FirstKeyword))
        {
            _store.AddMicrodescriptor(Microdescriptor.Parse(document.Span));
        }

        foreach (var document in Split("server-all", ServerDescriptor.FirstKeyword))
        {
            _store.AddDescriptor(ServerDescriptor.Parse(document.Span));
        }

        _store.SetConsensus(Consensus.Parse(Vectors.Text("fixtures/consensus-microdesc.txt")));
        _store.SetConsensus(Consensus.Parse(Vectors.Text("fixtures/consensus-ns.txt")));
        _authorities = [.. _store.Certificates.Select(c => new DirectoryAuthority(
            Nickname.Parse("auth"), c.Identity, c.Identity, new IPEndPoint(IPAddress.Loopback, 1), c.Address!))];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_network_becomes_a_view(bool isCache)
    {
        await using var directory = new NetworkDirectory(
            _context, new NetworkDirectoryOptions { Authorities = _authorities, IsCache = isCache }, new Source(_resource));
        await directory.RefreshAsync(CancellationToken.None);
        var view = directory.Current!;
        Assert.Equal(view.Consensus.Relays.Count, view.Relays.Count);
        Assert.NotNull(view.SharedRandomCurrent);
        Assert.All(view.Relays, r => Assert.NotNull(r.Identity));
        Assert.Equal(isCache, directory.Store.Consensus(ConsensusFlavor.Ns) is not null);
        Assert.Equal(isCache ? view.Relays.Count : 0, directory.Store.Descriptors.Count());
    }

    [Fact]
    public async Task Its_requests_for_a_consensus_are_answered()
    {
        var requests = Vectors.Text("fixtures/http-requests-from-stock.txt").Split("----- ")
            .Select(r => r[(r.IndexOf('\n', StringComparison.Ordinal) + 1)..].Trim().ReplaceLineEndings("\r\n") + "\r\n\r\n")
            .Where(r => r.StartsWith("GET /tor/status-vote/current/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(requests);
        foreach (var request in requests)
        {
            var (client, server) = StreamPair.Create();
            await client.WriteAsync(Encoding.ASCII.GetBytes(request));
            await new DirectoryServer(_context, [_resource]).ServeAsync(server, false, null, CancellationToken.None);
            await server.DisposeAsync();
            using var answer = new StreamReader(client, Encoding.Latin1);
            Assert.Equal("HTTP/1.0 304 Not modified", await answer.ReadLineAsync());
            await client.DisposeAsync();
        }

        // Asked again without a date, each gets its flavour.
        foreach (var path in requests.Select(r => r.Split(' ')[1]).Distinct())
        {
            var response = await new Source(_resource).GetAsync(path[..^2], null, CancellationToken.None);
            var flavor = path.Contains("microdesc", StringComparison.Ordinal) ? ConsensusFlavor.Microdesc : ConsensusFlavor.Ns;
            Assert.Equal(_store.Consensus(flavor)!.Text, Encoding.UTF8.GetString(response.Body.Span));
        }
    }

    [Fact]
    public void Its_paths_are_ours() =>
        Assert.Equal(
            "/tor/status-vote/current/consensus-microdesc/063BC7+A6178A+E618F7",
            DirectoryPaths.Consensus(ConsensusFlavor.Microdesc, _authorities.Select(a => a.V3Identity)));

    private static IReadOnlyList<ReadOnlyMemory<byte>> Split(string name, string keyword) =>
        DocumentReader.Split(Encoding.ASCII.GetBytes(Vectors.Text($"fixtures/{name}.txt")), keyword);

    private sealed class Source(DirectoryCacheResource resource) : IDirectorySource
    {
        public async Task<DirectoryResponse> GetAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct) =>
            await resource.TryHandleAsync(new DirectoryRequest("GET", path, headers ?? DirectoryResponse.NoHeaders, default, false, null), ct)
            ?? DirectoryResponse.NotFound();
    }
}
