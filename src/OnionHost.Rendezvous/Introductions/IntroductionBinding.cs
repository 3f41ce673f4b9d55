using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>What makes one introduction different from every other: a proof signs all of it.</summary>
/// <param name="Service">The service's identity, so that a proof for one service is worth nothing at another.</param>
/// <param name="AuthKey">The introduction point's key.</param>
/// <param name="ClientKey">The client's x25519 key of this introduction (X), never used twice.</param>
/// <param name="RendezvousCookie">The rendezvous cookie, 20 bytes.</param>
internal readonly record struct IntroductionBinding(
    Ed25519Identity Service, Ed25519Identity AuthKey, Curve25519PublicKey ClientKey, ReadOnlyMemory<byte> RendezvousCookie);
