namespace OnionHost.Rendezvous.Cookies;

/// <summary>What a service knows of a cookie that it issued: everything but the cookie.</summary>
/// <param name="Name">Its name: 1 to 64 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
/// <param name="Created">When it was issued.</param>
/// <param name="Expires">When it ends by itself; null if never.</param>
/// <param name="CanProve">
/// True if the service knows the key of the introduction proof. False for a client that was added as C tor does it, by an
/// <c>.auth</c> file alone: it can read the descriptor, but never say which cookie it holds.
/// </param>
public sealed record CookieInfo(string Name, DateTimeOffset Created, DateTimeOffset? Expires, bool CanProve);
