using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Services;

/// <summary>What is known of a visitor's connection.</summary>
/// <param name="Service">The address that was visited.</param>
/// <param name="VirtualPort">The port that was asked for.</param>
/// <param name="CircuitId">The visitor's circuit, unique in this process for as long as it lives.</param>
/// <param name="CookieName">The proved cookie's name; null if none was proved.</param>
/// <param name="HasCookie">True if the visitor holds a cookie, be it a proved one or one that only decrypted the descriptor.</param>
internal sealed record OnionConnectionInfo(OnionAddress Service, int VirtualPort, uint CircuitId, string? CookieName, bool HasCookie);
