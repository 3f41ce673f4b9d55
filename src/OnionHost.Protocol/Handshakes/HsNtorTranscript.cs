using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The formulas that both sides of hs-ntor compute (rend-spec-v3 3.3.1 and 4.2.1). AUTH_KEY, B and X are known from the start.</summary>
internal readonly struct HsNtorTranscript
{
    public const int SharedSize = 32;

    private readonly Ed25519Identity _authKey;
    private readonly Curve25519PublicKey _encryptionKey;
    private readonly Curve25519PublicKey _client;

    public HsNtorTranscript(in Ed25519Identity authKey, in Curve25519PublicKey encryptionKey, in Curve25519PublicKey client)
    {
        _authKey = authKey;
        _encryptionKey = encryptionKey;
        _client = client;
    }

    private static ReadOnlySpan<byte> ProtocolId => "tor-hs-ntor-curve25519-sha3-256-1"u8;

    private static ReadOnlySpan<byte> ExtractLabel => "tor-hs-ntor-curve25519-sha3-256-1:hs_key_extract"u8;

    private static ReadOnlySpan<byte> VerifyLabel => "tor-hs-ntor-curve25519-sha3-256-1:hs_verify"u8;

    private static ReadOnlySpan<byte> MacLabel => "tor-hs-ntor-curve25519-sha3-256-1:hs_mac"u8;

    private static ReadOnlySpan<byte> ExpandLabel => "tor-hs-ntor-curve25519-sha3-256-1:hs_key_expand"u8;

    /// <summary>The keys of the INTRODUCE1 message, from EXP(B,x), 32 bytes.</summary>
    public IntroduceKeys IntroduceKeys(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> subcredential)
    {
        Span<byte> keys = stackalloc byte[64];
        using var hasher = new Sha3Hasher(shake: true);
        hasher.Append(shared)
            .Append(_authKey.Span)
            .Append(_client.Span)
            .Append(_encryptionKey.Span)
            .Append(ProtocolId)
            .Append(ExtractLabel)
            .Append(ExpandLabel)
            .Append(subcredential)
            .Finish(keys);
        var result = new IntroduceKeys(keys);
        CryptographicOperations.ZeroMemory(keys);
        return result;
    }

    /// <summary>The layer between client and service, and AUTH (32 bytes), from EXP(X,y) | EXP(X,b), 64 bytes.</summary>
    public RelayLayer Rendezvous(ReadOnlySpan<byte> shared, in Curve25519PublicKey server, Span<byte> auth)
    {
        Span<byte> seed = stackalloc byte[32];
        Span<byte> verify = stackalloc byte[32];
        Span<byte> keys = stackalloc byte[RelayLayer.OnionHopKeySize];
        SecretMac(shared, server, ExtractLabel, seed);
        SecretMac(shared, server, VerifyLabel, verify);
        WriteAuth(verify, server, auth);
        using (var hasher = new Sha3Hasher(shake: true))
        {
            hasher.Append(seed).Append(ExpandLabel).Finish(keys);
        }

        var layer = RelayLayer.OnionHop(keys);
        CryptographicOperations.ZeroMemory(seed);
        CryptographicOperations.ZeroMemory(verify);
        CryptographicOperations.ZeroMemory(keys);
        return layer;
    }

    private void SecretMac(ReadOnlySpan<byte> shared, in Curve25519PublicKey server, ReadOnlySpan<byte> label, Span<byte> mac)
    {
        using var hasher = new Sha3Hasher();
        hasher.AppendUInt64((ulong)((2 * SharedSize) + (4 * 32) + ProtocolId.Length))
            .Append(shared)
            .Append(_authKey.Span)
            .Append(_encryptionKey.Span)
            .Append(_client.Span)
            .Append(server.Span)
            .Append(ProtocolId)
            .Append(label)
            .Finish(mac);
    }

    private void WriteAuth(ReadOnlySpan<byte> verify, in Curve25519PublicKey server, Span<byte> auth)
    {
        using var hasher = new Sha3Hasher();
        hasher.AppendUInt64((ulong)((5 * 32) + ProtocolId.Length + 6))
            .Append(verify)
            .Append(_authKey.Span)
            .Append(_encryptionKey.Span)
            .Append(server.Span)
            .Append(_client.Span)
            .Append(ProtocolId)
            .Append("Server"u8)
            .Append(MacLabel)
            .Finish(auth);
    }
}
