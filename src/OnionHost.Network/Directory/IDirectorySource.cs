namespace OnionHost.Network.Directory;

/// <summary>Asks directories: chooses one that should know, reaches it, and gives its answer.</summary>
internal interface IDirectorySource
{
    /// <summary>Gets a document from some directory; bodies come decompressed. Another call may ask another directory.</summary>
    /// <param name="path">Begins with a slash.</param>
    /// <param name="headers">Further request headers.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Protocol.TorException">No directory could be reached, or what it answered is malformed.</exception>
    Task<DirectoryResponse> GetAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct);
}
