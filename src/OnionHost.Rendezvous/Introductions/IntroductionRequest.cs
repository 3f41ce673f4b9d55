using System.Collections.Immutable;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>The client's INTRODUCE1: padded, encrypted to the service, and sealed (rend-spec-v3 3.3.2).</summary>
internal static class IntroductionRequest
{
    // Stock clients pad to 190. What is longer, because a proof is in it, all has one other length.
    private const int UsualPlaintext = 190;
    private const int LongPlaintext = 320;

    /// <summary>The body of INTRODUCE1.</summary>
    /// <param name="handshake">The client's half of the handshake with the service.</param>
    /// <param name="authKey">The introduction point's key.</param>
    /// <param name="content">What the service shall know.</param>
    public static byte[] Create(HsNtorClient handshake, in Ed25519Identity authKey, in IntroducePlaintext content)
    {
        var plaintext = Pad(content);
        Span<byte> buffer = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(buffer);
        Introduce1Message.WriteHeader(ref writer, authKey, [], handshake.PublicKey);
        handshake.Keys.Crypt(plaintext);
        writer.WriteBytes(plaintext);
        var covered = writer.Written;
        handshake.Keys.Mac(covered, writer.Reserve(Introduce1Message.MacSize));
        return writer.Written.ToArray();
    }

    /// <summary>The content for a rendezvous point, with the proof of a cookie if there is one.</summary>
    /// <param name="rendezvous">Where to meet.</param>
    /// <param name="binding">What the proof is good for.</param>
    /// <param name="proofKey">The cookie's key; null for none.</param>
    /// <param name="wantsCongestionControl">True to ask for it.</param>
    /// <param name="random">For the proof.</param>
    public static IntroducePlaintext Content(
        RendezvousTarget rendezvous, in IntroductionBinding binding, IEd25519Signer? proofKey, bool wantsCongestionControl, IRandomSource random)
    {
        var extensions = ImmutableArray.CreateBuilder<IntroduceExtension>();
        if (wantsCongestionControl)
        {
            extensions.Add(new IntroduceExtension(IntroduceExtensions.CongestionControl, ReadOnlyMemory<byte>.Empty));
        }

        if (proofKey is not null)
        {
            extensions.Add(CookieProof.Create(proofKey, binding, random).ToExtension());
        }

        return new IntroducePlaintext(binding.RendezvousCookie, extensions.ToImmutable(), rendezvous.OnionKey, rendezvous.Specifiers);
    }

    private static byte[] Pad(in IntroducePlaintext content)
    {
        Span<byte> buffer = stackalloc byte[RelayMessage.BodyMax];
        buffer.Clear();
        var writer = new SpanWriter(buffer);
        content.Write(ref writer);
        return buffer[..Math.Max(writer.Position, writer.Position <= UsualPlaintext ? UsualPlaintext : LongPlaintext)].ToArray();
    }
}
