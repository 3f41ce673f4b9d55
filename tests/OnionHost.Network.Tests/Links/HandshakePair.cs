using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Links;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Tests.Links;

/// <summary>Both ends of a link's handshake, joined by byte arrays.</summary>
internal sealed class HandshakePair : IDisposable
{
    public HandshakePair(bool isRelay = false, LinkTarget? target = null, bool canExport = true)
    {
        var node = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        var leaf = LinkPair.Relay.TlsLeafDer;
        Initiator = new InitiatorHandshake(
            new LinkHandshakeContext(node, new FakeTls(leaf, default), true, isRelay ? LinkPair.OtherRelay : null, [IPAddress.Loopback]),
            target ?? new LinkTarget([], LinkPair.Relay.Fingerprint, LinkPair.Relay.Identity));
        Responder = new ResponderHandshake(
            new LinkHandshakeContext(node, new FakeTls(default, leaf), canExport, LinkPair.Relay, [IPAddress.Loopback]));
    }

    public InitiatorHandshake Initiator { get; }

    public ResponderHandshake Responder { get; }

    /// <summary>Hands bytes to an end, cell by cell; false if the last cell is not complete.</summary>
    public static bool Feed(LinkHandshake to, byte[] bytes)
    {
        var rest = bytes.AsSpan();
        while (to.Step != LinkHandshakeStep.Open && CellFraming.TryRead(rest, to.CircuitIdSize, out var cell, out var consumed))
        {
            to.OnCell(cell, rest[..consumed]);
            rest = rest[consumed..];
        }

        return rest.IsEmpty;
    }

    /// <summary>Runs until nobody has anything to say.</summary>
    public void Run()
    {
        while (Initiator.TakeOutgoing() is { Length: > 0 } bytes)
        {
            Feed(Responder, bytes);
            Feed(Initiator, Responder.TakeOutgoing());
        }
    }

    public void Dispose()
    {
        Initiator.Dispose();
        Responder.Dispose();
    }
}
