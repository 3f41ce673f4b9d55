using OnionHost.Network.Congestion;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>The service's half of the handshake: RENDEZVOUS1 and the layer that it opens (rend-spec-v3 4.2).</summary>
internal sealed class RendezvousAnswer : IDisposable
{
    /// <summary>Length of the body in bytes; what is not used is random, as stock services pad it.</summary>
    public const int BodySize = 168;

    private RendezvousAnswer(byte[] body, RelayLayer layer)
    {
        Body = body;
        Layer = layer;
    }

    /// <summary>The body of RENDEZVOUS1.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The layer between client and service. Whoever puts it on a circuit owns it.</summary>
    public RelayLayer Layer { get; }

    /// <summary>Congestion control, if the client asked for it; null for fixed windows.</summary>
    public CongestionTerms? Congestion { get; init; }

    /// <summary>Answers an introduction.</summary>
    /// <param name="introduction">What the client sent.</param>
    /// <param name="authKey">The introduction point's key.</param>
    /// <param name="encryption">The introduction point's encryption key pair.</param>
    /// <param name="random">For the ephemeral key and the padding.</param>
    /// <param name="congestion">What was agreed on; null for fixed windows.</param>
    public static RendezvousAnswer Create(
        OpenedIntroduction introduction, in Ed25519Identity authKey, X25519KeyPair encryption, IRandomSource random, CongestionTerms? congestion = null)
    {
        var auth = new byte[Rendezvous2Message.AuthSize];
        var layer = HsNtorService.Answer(encryption, authKey, introduction.ClientKey, random, out var serverKey, auth);
        var body = new byte[BodySize];
        var writer = new SpanWriter(body);
        writer.WriteBytes(introduction.Content.Cookie.Span);
        new Rendezvous2Message(serverKey, auth).Write(ref writer);
        random.Fill(writer.Reserve(writer.Remaining));
        return new RendezvousAnswer(body, layer) { Congestion = congestion };
    }

    /// <summary>Overwrites the layer's keys.</summary>
    public void Dispose() => Layer.Dispose();
}
