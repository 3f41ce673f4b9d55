using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace OnionHost.AspNetCore.Pipeline;

/// <summary>Puts <see cref="OnionRequestMiddleware"/> in front of everything else.</summary>
internal sealed class OnionStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<OnionRequestMiddleware>();
        next(app);
    };
}
