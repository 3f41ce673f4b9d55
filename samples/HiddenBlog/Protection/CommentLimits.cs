using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using OnionHost.Transport;

namespace HiddenBlog.Protection;

/// <summary>
/// How many comments are taken. Visitors have no addresses, but every circuit has a number: few from one circuit, and a bound on
/// all together, since circuits are cheap.
/// </summary>
internal static class CommentLimits
{
    public const string Policy = "comments";

    private const int PerCircuit = 5;
    private const int Together = 60;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddCommentLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(Policy, context => RateLimitPartition.GetFixedWindowLimiter(
            context.GetOnion()?.CircuitId ?? 0u,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = PerCircuit, Window = Window }));
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is not null
                ? RateLimitPartition.GetFixedWindowLimiter("all", _ => new FixedWindowRateLimiterOptions { PermitLimit = Together, Window = Window })
                : RateLimitPartition.GetNoLimiter("none"));
    });
}
