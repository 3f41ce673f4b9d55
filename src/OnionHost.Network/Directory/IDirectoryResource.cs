namespace OnionHost.Network.Directory;

/// <summary>Answers some of the requests to a directory.</summary>
internal interface IDirectoryResource
{
    /// <summary>Answers a request; null if its path belongs to somebody else. A <see cref="Protocol.ProtocolException"/> becomes a 400.</summary>
    ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct);
}
