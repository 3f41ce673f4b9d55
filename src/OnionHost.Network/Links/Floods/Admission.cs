namespace OnionHost.Network.Links.Floods;

/// <summary>A connection that was let in, until it is known to be a relay's or has closed.</summary>
internal sealed class Admission(ClientAddress? address)
{
    private ClientAddress? _address = address;

    /// <summary>For those whom nobody counts.</summary>
    public static Admission Unwatched { get; } = new(null);

    /// <summary>The handshake failed.</summary>
    public void Failed() => Interlocked.Exchange(ref _address, null)?.OnHandshakeDone(isClient: false);

    /// <summary>The handshake is done. A client's connection counts until it closes, a relay's no more.</summary>
    public void Opened(Link link)
    {
        if (Interlocked.Exchange(ref _address, null) is not { } address)
        {
            return;
        }

        address.OnHandshakeDone(!link.Peer.IsAuthenticated);
        if (!link.Peer.IsAuthenticated)
        {
            link.Closed.ContinueWith(_ => address.OnClosed(), TaskScheduler.Default);
        }
    }
}
