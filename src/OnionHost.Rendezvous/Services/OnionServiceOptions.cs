namespace OnionHost.Rendezvous.Services;

/// <summary>What an onion service is like.</summary>
public sealed record OnionServiceOptions
{
    /// <summary>What logs call it; letters, digits and <c>-</c>.</summary>
    public string Name { get; init; } = "onion";

    /// <summary>
    /// The directory with its keys and cookies, in C tor's layout (<c>hs_ed25519_secret_key</c>, <c>hs_ed25519_public_key</c>,
    /// <c>hostname</c>, <c>authorized_clients/</c>). It is made when it does not exist. Null keeps everything in memory: the
    /// address lives as long as the service.
    /// </summary>
    public string? KeyDirectory { get; init; }

    /// <summary>
    /// The identity's expanded secret key, 64 bytes (what follows the 32-byte header in <c>hs_ed25519_secret_key</c>), for a
    /// service without a <see cref="KeyDirectory"/>. Empty makes a new one.
    /// </summary>
    public ReadOnlyMemory<byte> SecretKey { get; init; }

    /// <summary>Introduction points: 1 to 20, 3 by default.</summary>
    public int IntroductionPoints { get; init; } = 3;

    /// <summary>
    /// Lets in only who holds a cookie. The descriptor is then encrypted to the cookies, and an introduction without a valid
    /// proof of a cookie is dropped without an answer. False by default.
    /// </summary>
    public bool RequireCookie { get; init; }

    /// <summary>
    /// With <see cref="RequireCookie"/>: also lets in who could decrypt the descriptor but sends no proof at the introduction,
    /// as stock tor and Tor Browser do with an <c>.auth_private</c> file. Such a visitor has no name. False by default,
    /// because somebody who was told the introduction points would then need no cookie. See docs/cookies.md.
    /// </summary>
    public bool AllowDescriptorOnlyCookies { get; init; }

    /// <summary>Streams that one visitor's circuit may have open at once: 1 to 65535, 1024 by default. A circuit that asks for more is closed.</summary>
    public int MaxStreamsPerCircuit { get; init; } = 1024;

    /// <summary>Connections that may wait in one listener, 1 to 65535, 512 by default. More are refused.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Joined circuits at once, 1 to 65535, 4096 by default. Introductions beyond are dropped.</summary>
    public int MaxRendezvous { get; init; } = 4096;

    /// <summary>
    /// How long visitors get to receive what was sent, when the service ends: 0 to 1 hour, 10 seconds by default. A visitor's
    /// circuit is closed as soon as everything arrived.
    /// </summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
