using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The relay's side of CREATE_FAST (tor-spec 5.1.2).</summary>
public static class CreateFastServer
{
    /// <summary>Answers CREATE_FAST and gives the circuit's keys.</summary>
    /// <param name="client">X, 20 bytes.</param>
    /// <param name="random">For Y.</param>
    /// <param name="reply">Takes 40 bytes: Y 20, KH 20.</param>
    /// <exception cref="ProtocolException">X has another length.</exception>
    public static CircuitKeyMaterial Answer(ReadOnlySpan<byte> client, IRandomSource random, Span<byte> reply)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (client.Length != FastKeys.NonceSize)
        {
            throw new ProtocolException($"CREATE_FAST carries {FastKeys.NonceSize} bytes, got {client.Length}.");
        }

        random.Fill(reply[..FastKeys.NonceSize]);
        Span<byte> material = stackalloc byte[CircuitKeyMaterial.Tor1Size];
        FastKeys.Derive(client, reply[..FastKeys.NonceSize], material);
        material[..CircuitKeyMaterial.BindingSize].CopyTo(reply[FastKeys.NonceSize..]);
        var keys = CircuitKeyMaterial.FromFast(material);
        CryptographicOperations.ZeroMemory(material);
        return keys;
    }
}
