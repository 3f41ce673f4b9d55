using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The formulas that both sides of ntor compute (tor-spec 5.1.4).</summary>
internal readonly struct NtorTranscript
{
    public const int SharedSize = 32;
    public const int AuthSize = 32;

    private const int SecretInputSize = (2 * SharedSize) + RelayFingerprint.Size + (3 * 32) + 24;

    private readonly RelayFingerprint _id;
    private readonly Curve25519PublicKey _onionKey;
    private readonly Curve25519PublicKey _client;
    private readonly Curve25519PublicKey _server;

    public NtorTranscript(in RelayFingerprint id, in Curve25519PublicKey onionKey, in Curve25519PublicKey client, in Curve25519PublicKey server)
    {
        _id = id;
        _onionKey = onionKey;
        _client = client;
        _server = server;
    }

    private static ReadOnlySpan<byte> ProtocolId => "ntor-curve25519-sha256-1"u8;

    /// <summary>AUTH (32 bytes) and the circuit's key material (92 bytes) from EXP(X,y) | EXP(X,b), 64 bytes.</summary>
    public void Derive(ReadOnlySpan<byte> shared, Span<byte> auth, Span<byte> keyMaterial)
    {
        Span<byte> secretInput = stackalloc byte[SecretInputSize];
        var writer = new Encoding.SpanWriter(secretInput);
        writer.WriteBytes(shared);
        writer.WriteBytes(_id.Span);
        writer.WriteBytes(_onionKey.Span);
        writer.WriteBytes(_client.Span);
        writer.WriteBytes(_server.Span);
        writer.WriteBytes(ProtocolId);
        WriteAuth(secretInput, auth);
        Span<byte> seed = stackalloc byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, secretInput, "ntor-curve25519-sha256-1:key_extract"u8, seed);
        HKDF.Expand(HashAlgorithmName.SHA256, seed, keyMaterial, "ntor-curve25519-sha256-1:key_expand"u8);
        CryptographicOperations.ZeroMemory(secretInput);
        CryptographicOperations.ZeroMemory(seed);
    }

    private void WriteAuth(ReadOnlySpan<byte> secretInput, Span<byte> auth)
    {
        Span<byte> input = stackalloc byte[32 + RelayFingerprint.Size + (3 * 32) + 24 + 6];
        var writer = new Encoding.SpanWriter(input);
        HMACSHA256.HashData("ntor-curve25519-sha256-1:verify"u8, secretInput, writer.Reserve(32));
        writer.WriteBytes(_id.Span);
        writer.WriteBytes(_onionKey.Span);
        writer.WriteBytes(_server.Span);
        writer.WriteBytes(_client.Span);
        writer.WriteBytes(ProtocolId);
        writer.WriteBytes("Server"u8);
        HMACSHA256.HashData("ntor-curve25519-sha256-1:mac"u8, input, auth);
    }
}
