using OnionHost.Protocol.Identities;

namespace OnionHost.Transport.Binding;

/// <summary>Where the connections to one virtual port arrive. Disposing it closes what is left of them.</summary>
internal interface IOnionAcceptor : IAsyncDisposable
{
    /// <summary>The service's address.</summary>
    OnionAddress Address { get; }

    /// <summary>The next connection; null once nothing will come any more.</summary>
    ValueTask<IOnionStream?> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Takes no new visitors; connections that are there go on.</summary>
    void Unbind();
}
