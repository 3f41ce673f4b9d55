using OnionHost.Protocol.Cryptography;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>The two key pairs of one introduction point: clients name it by the first, and encrypt to the second.</summary>
internal sealed class IntroductionKeys : IDisposable
{
    private IntroductionKeys(Ed25519KeyPair auth, X25519KeyPair encryption)
    {
        Auth = auth;
        Encryption = encryption;
    }

    /// <summary>Signs ESTABLISH_INTRO.</summary>
    public Ed25519KeyPair Auth { get; }

    /// <summary>What clients encrypt to (B).</summary>
    public X25519KeyPair Encryption { get; }

    /// <summary>Makes new ones: an introduction point's keys are never used for another.</summary>
    public static IntroductionKeys Generate(IRandomSource random) => new(Ed25519KeyPair.Generate(random), X25519KeyPair.Generate(random));

    /// <summary>Takes given ones.</summary>
    public static IntroductionKeys From(Ed25519KeyPair auth, X25519KeyPair encryption) => new(auth, encryption);

    /// <summary>Overwrites the secrets.</summary>
    public void Dispose()
    {
        Auth.Dispose();
        Encryption.Dispose();
    }
}
