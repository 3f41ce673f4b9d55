using OnionHost.Network.Directory;
using OnionHost.Network.Paths;

namespace OnionHost.Dht.Ring;

/// <summary>Reaches directories over circuits of 4 hops, one for each request, so that requests cannot be linked by their circuit.</summary>
internal sealed class HsDirCircuits : IHsDirTransport
{
    /// <summary>One hop more than to an exit: the last was not chosen by us but by the ring.</summary>
    private const int Length = 4;

    private readonly ICircuitSource _circuits;

    public HsDirCircuits(ICircuitSource circuits)
    {
        _circuits = circuits;
    }

    /// <inheritdoc/>
    public Task<DirectoryResponse> GetAsync(HsDir directory, string path, CancellationToken cancellationToken) => AskAsync(
        directory, stream => DirectoryClient.GetAsync(
            stream, path, HostOf(directory), cancellationToken, Descriptors.DescriptorLimits.MaxSize, isAnonymous: true), cancellationToken);

    /// <inheritdoc/>
    public Task<DirectoryResponse> PostAsync(HsDir directory, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => AskAsync(
        directory, stream => DirectoryClient.PostAsync(
            stream, path, body, HostOf(directory), cancellationToken, isAnonymous: true), cancellationToken);

    private static Dictionary<string, string> HostOf(HsDir directory) =>
        directory.Target.ToLinkTarget().Addresses is [var first, ..] ? new() { ["Host"] = first.ToString() } : [];

    private async Task<DirectoryResponse> AskAsync(
        HsDir directory, Func<Stream, Task<DirectoryResponse>> ask, CancellationToken cancellationToken)
    {
        await using var circuit = await _circuits.BuildAsync(new CircuitRequest { Length = Length, Last = directory.Target, IsOnion = true }, cancellationToken);
        await using var tor = await circuit.LastHop.OpenDirectoryAsync(cancellationToken);
        await using var stream = tor.AsStream();
        return await ask(stream);
    }
}
