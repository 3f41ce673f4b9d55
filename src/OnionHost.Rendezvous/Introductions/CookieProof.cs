using System.Collections.Immutable;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>
/// INTRO-AUTH (after rend-spec-v3 3.4.1): an extension in the encrypted part of INTRODUCE1 that proves which cookie the
/// visitor holds: <c>nonce 16 | public key 32 | signature 64</c>. docs/cookies.md says what is signed and why.
/// </summary>
/// <param name="Nonce">16 random bytes.</param>
/// <param name="Key">The cookie's public proof key.</param>
/// <param name="Signature">64 bytes by that key.</param>
internal readonly record struct CookieProof(ReadOnlyMemory<byte> Nonce, Ed25519Identity Key, ReadOnlyMemory<byte> Signature)
{
    /// <summary>
    /// The extension's number. The specification's own, 2, was later given to proof of work: stock tor would read that.
    /// </summary>
    public const byte ExtensionType = 0xED;

    private const int NonceSize = 16;
    private const int SignatureSize = 64;

    private static ReadOnlySpan<byte> Context => "OnionHost hidserv-userauth-ed25519 v1"u8;

    /// <summary>Signs one introduction.</summary>
    public static CookieProof Create(IEd25519Signer key, in IntroductionBinding binding, IRandomSource random)
    {
        var nonce = random.Bytes(NonceSize);
        var signature = new byte[SignatureSize];
        key.Sign(SignedPart(nonce, key.Public, binding), signature);
        return new CookieProof(nonce, key.Public, signature);
    }

    /// <summary>Takes the proof from a list of extensions; null if there is none.</summary>
    /// <exception cref="ProtocolException">There are two, or one of the wrong length.</exception>
    public static CookieProof? Find(ImmutableArray<IntroduceExtension> extensions)
    {
        CookieProof? found = null;
        foreach (var extension in extensions)
        {
            if (extension.Type != ExtensionType)
            {
                continue;
            }

            if (found is not null)
            {
                throw new ProtocolException("An introduction has two cookie proofs.");
            }

            var reader = new SpanReader(extension.Body.Span);
            found = Read(ref reader);
        }

        return found;
    }

    /// <summary>The proof as an extension, 112 bytes.</summary>
    public IntroduceExtension ToExtension() => new(ExtensionType, (byte[])[.. Nonce.Span, .. Key.Span, .. Signature.Span]);

    /// <summary>True if the key's owner signed exactly this introduction.</summary>
    public bool IsFor(in IntroductionBinding binding) => Ed25519.Verify(Key, SignedPart(Nonce.Span, Key, binding), Signature.Span);

    private static CookieProof Read(ref SpanReader reader)
    {
        var nonce = reader.ReadBytes(NonceSize).ToArray();
        var key = new Ed25519Identity(reader.ReadBytes(Ed25519Identity.Size));
        var signature = reader.ReadBytes(SignatureSize).ToArray();
        reader.ExpectEnd("A cookie proof");
        return new CookieProof(nonce, key, signature);
    }

    // Every part has a fixed length, so no two introductions give the same bytes.
    private static byte[] SignedPart(ReadOnlySpan<byte> nonce, in Ed25519Identity key, in IntroductionBinding binding) =>
        [.. Context, .. nonce, .. key.Span, .. binding.AuthKey.Span, .. binding.Service.Span, .. binding.ClientKey.Span, .. binding.RendezvousCookie.Span];
}
