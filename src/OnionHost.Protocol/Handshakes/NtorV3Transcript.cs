using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The formulas that both sides of ntor-v3 compute (proposal 332). ID, B, X and the verification string are known from the start.</summary>
internal sealed class NtorV3Transcript
{
    public const int SharedSize = 32;
    public const int MacSize = 32;
    public const int AuthSize = 32;

    private const int KeySize = 32;

    private readonly Ed25519Identity _id;
    private readonly Curve25519PublicKey _onionKey;
    private readonly Curve25519PublicKey _client;
    private readonly byte[] _verification;

    public NtorV3Transcript(in Ed25519Identity id, in Curve25519PublicKey onionKey, in Curve25519PublicKey client, ReadOnlySpan<byte> verification)
    {
        _id = id;
        _onionKey = onionKey;
        _client = client;
        _verification = verification.ToArray();
    }

    /// <summary>The verification string of circuits.</summary>
    public static ReadOnlySpan<byte> CircuitVerification => "circuit extend"u8;

    private static ReadOnlySpan<byte> ProtocolId => "ntor3-curve25519-sha3_256-1"u8;

    /// <summary>The client's message: encrypts in place and gives the MAC over the ciphertext.</summary>
    public void SealClientMessage(ReadOnlySpan<byte> shared, Span<byte> message, Span<byte> mac) => ClientMessage(shared, message, mac, seal: true);

    /// <summary>The client's message: gives the MAC over the ciphertext and decrypts in place.</summary>
    public void OpenClientMessage(ReadOnlySpan<byte> shared, Span<byte> message, Span<byte> mac) => ClientMessage(shared, message, mac, seal: false);

    /// <summary>From EXP(X,y) | EXP(X,b), 64 bytes: VERIFY 32, and the final keys of which the first 32 encrypt the relay's message.</summary>
    public void Finish(ReadOnlySpan<byte> shared, in Curve25519PublicKey server, Span<byte> verify, Span<byte> final)
    {
        Span<byte> seed = stackalloc byte[KeySize];
        SecretInput(Start("key_seed"u8), shared, server).Finish(seed);
        SecretInput(Start("verify"u8), shared, server).Finish(verify);
        Start("kdf_final"u8, shake: true).Append(seed).Finish(final);
        CryptographicOperations.ZeroMemory(seed);
    }

    /// <summary>AUTH over the whole exchange, with the relay's message as it is on the wire.</summary>
    public void Auth(ReadOnlySpan<byte> verify, in Curve25519PublicKey server, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> message, Span<byte> auth) =>
        Start("auth_final"u8)
            .Append(verify)
            .Append(_id.Span)
            .Append(_onionKey.Span)
            .Append(server.Span)
            .Append(_client.Span)
            .Append(mac)
            .AppendUInt64((ulong)message.Length)
            .Append(message)
            .Append(ProtocolId)
            .Append("Server"u8)
            .Finish(auth);

    /// <summary>Encrypts or decrypts the relay's message.</summary>
    public static void CryptServerMessage(ReadOnlySpan<byte> final, Span<byte> message)
    {
        using var cipher = new AesCtr(final[..KeySize]);
        cipher.Process(message);
    }

    private void ClientMessage(ReadOnlySpan<byte> shared, Span<byte> message, Span<byte> mac, bool seal)
    {
        Span<byte> keys = stackalloc byte[2 * KeySize];
        Start("kdf_phase1"u8, shake: true)
            .Append(shared)
            .Append(_id.Span)
            .Append(_client.Span)
            .Append(_onionKey.Span)
            .Append(ProtocolId)
            .AppendUInt64((ulong)_verification.Length)
            .Append(_verification)
            .Finish(keys);
        using var cipher = new AesCtr(keys[..KeySize]);
        if (seal)
        {
            cipher.Process(message);
        }

        Start("msg_mac"u8)
            .AppendUInt64(KeySize)
            .Append(keys[KeySize..])
            .Append(_id.Span)
            .Append(_onionKey.Span)
            .Append(_client.Span)
            .Append(message)
            .Finish(mac);
        if (!seal)
        {
            cipher.Process(message);
        }

        CryptographicOperations.ZeroMemory(keys);
    }

    private Sha3Hasher SecretInput(Sha3Hasher hasher, ReadOnlySpan<byte> shared, in Curve25519PublicKey server) => hasher
        .Append(shared)
        .Append(_id.Span)
        .Append(_onionKey.Span)
        .Append(_client.Span)
        .Append(server.Span)
        .Append(ProtocolId)
        .AppendUInt64((ulong)_verification.Length)
        .Append(_verification);

    /// <summary>A hash or XOF that has taken its tweak: length, protocol id, colon, purpose.</summary>
    private static Sha3Hasher Start(ReadOnlySpan<byte> purpose, bool shake = false) => new Sha3Hasher(shake)
        .AppendUInt64((ulong)(ProtocolId.Length + 1 + purpose.Length))
        .Append(ProtocolId)
        .Append(":"u8)
        .Append(purpose);
}
