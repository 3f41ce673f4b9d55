using OnionHost.Network.Directory;

namespace OnionHost.Dht.Ring;

/// <summary>Talks to a directory of onion descriptors without telling it who talks.</summary>
internal interface IHsDirTransport
{
    /// <summary>GET over a fresh anonymous circuit.</summary>
    /// <exception cref="Protocol.TorException">The circuit or the stream failed.</exception>
    Task<DirectoryResponse> GetAsync(HsDir directory, string path, CancellationToken cancellationToken);

    /// <summary>POST over a fresh anonymous circuit.</summary>
    /// <exception cref="Protocol.TorException">The circuit or the stream failed.</exception>
    Task<DirectoryResponse> PostAsync(HsDir directory, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
