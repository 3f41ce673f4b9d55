using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Relays;

/// <summary>The clients that wait at a relay for their services, by rendezvous cookie, at most <c>capacity</c> of them (rend-spec-v3 4).</summary>
internal sealed class RendezvousPoints
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest160, IRoleCircuit> _waiting = [];
    private readonly int _capacity;

    /// <summary>Creates an empty table.</summary>
    public RendezvousPoints(int capacity)
    {
        _capacity = capacity;
    }

    /// <summary>How many clients wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>ESTABLISH_RENDEZVOUS: the client's circuit waits under its cookie.</summary>
    /// <returns>The cookie to give to <see cref="Remove"/> when the circuit ends.</returns>
    /// <exception cref="ProtocolException">The message is malformed, or the cookie in use.</exception>
    /// <exception cref="TorException">Too many wait.</exception>
    public Digest160 Establish(IRoleCircuit client, ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        var cookie = new Digest160(EstablishRendezvousMessage.Read(ref reader).Cookie.Span);
        lock (_lock)
        {
            if (_waiting.Count >= _capacity)
            {
                throw new TorException(TorErrorKind.Local, "As many clients wait at this rendezvous point as can.", isTransient: true);
            }

            if (!_waiting.TryAdd(cookie, client))
            {
                throw new ProtocolException("The rendezvous cookie is in use.");
            }
        }

        client.Send(RelayCommand.RendezvousEstablished, []);
        return cookie;
    }

    /// <summary>RENDEZVOUS1: joins the service's circuit to the client that waits under the cookie.</summary>
    /// <exception cref="ProtocolException">The message is malformed, or nobody waits under its cookie.</exception>
    public void Join(IRoleCircuit service, ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        var message = Rendezvous1Message.Read(ref reader);
        var handshake = new SpanReader(message.Handshake.Span);
        Rendezvous2Message.Read(ref handshake);
        IRoleCircuit? client;
        lock (_lock)
        {
            _waiting.Remove(new Digest160(message.Cookie.Span), out client);
        }

        if (client is null)
        {
            throw new ProtocolException("Nobody waits under this rendezvous cookie.");
        }

        // Joined first: the client may answer RENDEZVOUS2 at once. The service's next cell is read only after this.
        client.Join(service);
        client.Send(RelayCommand.Rendezvous2, message.Handshake.Span);
    }

    /// <summary>Forgets a client that is gone.</summary>
    public void Remove(Digest160 cookie, IRoleCircuit client)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(cookie, out var waiting) && ReferenceEquals(waiting, client))
            {
                _waiting.Remove(cookie);
            }
        }
    }
}
