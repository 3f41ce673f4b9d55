using System.Security.Claims;

namespace HiddenBlog.Protection;

/// <summary>Who reads: nobody in particular, a member with a cookie, or the owner.</summary>
/// <param name="Name">The cookie's name; null without a cookie, or when it is not known which one it is.</param>
/// <param name="IsMember">Whether there is a valid cookie.</param>
public sealed record Visitor(string? Name, bool IsMember)
{
    public bool IsOwner => Name == OwnerCookie.Name;

    public static Visitor Of(ClaimsPrincipal user) => new(user.Identity?.Name, user.Identity?.IsAuthenticated == true);
}
