using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Directory;

public sealed class DirectoryStreamRoleTests
{
    private readonly byte[] _document = SystemRandomSource.Instance.Bytes(700_000);
    private DirectoryRequest? _request;

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task A_document_comes_over_a_circuit(int hops, bool isAnonymous)
    {
        await using var network = new MemoryNetwork();
        AddRole(network);
        await using var circuit = await network.BuildAsync(hops == 1 ? [2] : [0, 1, 2]);
        for (var i = 0; i < 2; i++)
        {
            var response = await GetAsync(circuit, "/tor/document");
            Assert.Equal(_document, response.Body.ToArray());
            Assert.Equal(isAnonymous, _request!.IsAnonymous);
            Assert.Equal(isAnonymous, _request.Remote is null);
            Assert.Equal(isAnonymous, !response.Headers.ContainsKey("X-Your-Address-Is"));
        }
    }

    [Fact]
    public async Task Other_streams_are_left_to_other_roles()
    {
        await using var network = new MemoryNetwork();
        AddRole(network);
        network[2].Roles.Streams.Add(new EchoRole());
        await using var circuit = await network.BuildAsync();
        using var limit = new CancellationTokenSource(MemoryNetwork.Soon);
        await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("echo", 80, 0), limit.Token);
        Assert.Null(stream.EndReason);
    }

    [Fact]
    public async Task A_relay_that_is_no_directory_says_so()
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await network.BuildAsync();
        await Assert.ThrowsAsync<StreamException>(() => GetAsync(circuit, "/tor/document"));
    }

    private void AddRole(MemoryNetwork network) =>
        network[2].Roles.Streams.Add(new DirectoryStreamRole(network.Context, new DirectoryServer(network.Context, [new Resource(this)])));

    private static async Task<DirectoryResponse> GetAsync(ClientCircuit circuit, string path)
    {
        using var limit = new CancellationTokenSource(MemoryNetwork.Soon);
        await using var stream = await circuit.LastHop.OpenDirectoryAsync(limit.Token);
        await using var bytes = stream.AsStream();
        return await DirectoryClient.GetAsync(bytes, path, null, limit.Token);
    }

    private sealed class Resource(DirectoryStreamRoleTests test) : IDirectoryResource
    {
        public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct)
        {
            test._request = request;
            return ValueTask.FromResult<DirectoryResponse?>(DirectoryResponse.Ok(test._document));
        }
    }
}
