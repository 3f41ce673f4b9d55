using OnionHost.Dht.Descriptors;
using OnionHost.Network;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Storage;

/// <summary>
/// The directory role of a relay with the flag HSDir (rend-spec-v3 2.2.6): takes descriptors that are well signed and newer than what it has,
/// and gives them to whoever knows the blinded key. Both only to askers whose address it cannot see.
/// </summary>
internal sealed class HsDirResource : IDirectoryResource
{
    private const string Prefix = "/tor/hs/3/";
    private const string PublishPath = Prefix + "publish";

    private readonly NodeContext _context;
    private readonly DescriptorStore _store;

    public HsDirResource(NodeContext context, DescriptorStore? store = null)
    {
        _context = context;
        _store = store ?? new DescriptorStore();
    }

    /// <summary>How many descriptors are kept.</summary>
    public int Count => _store.Count;

    /// <inheritdoc/>
    public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct) => new(Handle(request));

    private DirectoryResponse? Handle(DirectoryRequest request)
    {
        if (!request.Path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        if (!request.IsAnonymous)
        {
            return DirectoryResponse.Unavailable("Onion service descriptors need an anonymous circuit");
        }

        if (request.IsPost)
        {
            return request.Path == PublishPath ? Publish(request.Body) : DirectoryResponse.NotFound();
        }

        return request.IsGet && BlindedKey.TryParse(request.Path.AsSpan(Prefix.Length), out var key) && _store.Find(key, _context.Now) is { } found
            ? DirectoryResponse.Ok(found.Text)
            : DirectoryResponse.NotFound();
    }

    private DirectoryResponse Publish(ReadOnlyMemory<byte> body)
    {
        try
        {
            var outer = OuterDescriptor.Read(body, _context.Now);
            var stored = new StoredDescriptor(body.ToArray(), outer.Revision, _context.Now + outer.Lifetime);
            return _store.TryStore(outer.Key, stored, _context.Now)
                ? DirectoryResponse.Ok(string.Empty) with { Reason = "HS descriptor stored successfully." }
                : DirectoryResponse.BadRequest("Invalid HS descriptor. Rejected.");
        }
        catch (ProtocolException)
        {
            return DirectoryResponse.BadRequest("Invalid HS descriptor. Rejected.");
        }
    }
}
