using System.Collections.Concurrent;
using System.Collections.Immutable;
using OnionHost.Dht.Periods;
using OnionHost.Dht.Ring;
using OnionHost.Dht.Storage;
using OnionHost.Dht.Tests.Descriptors;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Dht.Tests.Fetching;

/// <summary>Directories in memory, each with its own store, that can be made to fail.</summary>
internal sealed class HsDirNetwork : IHsDirTransport
{
    private readonly Dictionary<Ed25519Identity, HsDirResource> _resources;

    public HsDirNetwork(Samples samples, int count = 12)
    {
        Directories =
        [
            .. Enumerable.Range(0, count).Select(_ => new Ed25519Identity(SystemRandomSource.Instance.Bytes(32)))
                .Select(id => new HsDir(id, new HopTarget(default, id, default, ImmutableArray<LinkSpecifier>.Empty))),
        ];
        _resources = Directories.ToDictionary(d => d.Identity, _ => new HsDirResource(samples.Context));
        var slot = new DescriptorSlot(Samples.Period, default);
        var slots = new DescriptorSlots(slot, new DescriptorSlot(Samples.Period.Next, default), slot);
        Map = new DescriptorMap(Directories, slots, new RingParameters(2, 4, 3), TimeSpan.FromHours(1));
    }

    public IReadOnlyList<HsDir> Directories { get; }

    public DescriptorMap Map { get; }

    public ConcurrentQueue<HsDir> Asked { get; } = [];

    /// <summary>Decides what happens instead of the answer; null for the answer.</summary>
    public Func<HsDir, Task<DirectoryResponse?>> Instead { get; set; } = _ => Task.FromResult<DirectoryResponse?>(null);

    public Task<DirectoryResponse> GetAsync(HsDir directory, string path, CancellationToken cancellationToken) =>
        AskAsync(directory, "GET", path, default);

    public Task<DirectoryResponse> PostAsync(HsDir directory, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        AskAsync(directory, "POST", path, body);

    public static Task<DirectoryResponse?> Fail(HsDir directory) => throw new TorException(TorErrorKind.Network, "The circuit failed.", isTransient: true);

    private async Task<DirectoryResponse> AskAsync(HsDir directory, string method, string path, ReadOnlyMemory<byte> body)
    {
        Asked.Enqueue(directory);
        var request = new DirectoryRequest(method, path, ImmutableDictionary<string, string>.Empty, body, IsAnonymous: true, null);
        return await Instead(directory) ?? (await _resources[directory.Identity].TryHandleAsync(request, CancellationToken.None))!;
    }
}
