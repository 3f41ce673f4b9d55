using OnionHost.Network.Directory;

namespace OnionHost.Network.Authority;

/// <summary>
/// An authority that listens but has not joined the others yet: whoever brings it descriptors or votes shall come again. A refusal
/// would be taken for final.
/// </summary>
internal sealed class JoiningResource : IDirectoryResource
{
    private static readonly string[] Paths = ["/tor/", "/tor/post/vote", "/tor/post/consensus-signature"];

    /// <inheritdoc/>
    public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct) =>
        ValueTask.FromResult(request.IsPost && Paths.Contains(request.Path) ? DirectoryResponse.Unavailable("This authority is just starting, try again later") : null);
}
