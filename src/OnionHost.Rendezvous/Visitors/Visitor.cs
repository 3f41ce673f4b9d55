namespace OnionHost.Rendezvous.Visitors;

/// <summary>What an introduction proved.</summary>
/// <param name="CookieName">The proved cookie; null without.</param>
/// <param name="HasCookie">True if the visitor must hold a cookie, proved or not.</param>
internal sealed record Visitor(string? CookieName, bool HasCookie);
