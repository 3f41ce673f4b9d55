using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OnionHost.AspNetCore.Authentication;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The authentication scheme <c>Onion</c>.</summary>
public static class OnionAuthenticationBuilderExtensions
{
    /// <summary>
    /// Adds the scheme <c>Onion</c>: who came with an authorization cookie, proved at the introduction or shown in the <c>Host</c>,
    /// is a principal with the cookie's name. <c>UseOnion()</c> must have been called.
    /// </summary>
    /// <param name="builder">The authentication.</param>
    /// <param name="configure">Changes the options; null leaves them.</param>
    public static AuthenticationBuilder AddOnion(this AuthenticationBuilder builder, Action<OnionAuthenticationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<IHostLabelCheck, HostLabelCheck>();
        return builder.AddScheme<OnionAuthenticationOptions, OnionAuthenticationHandler>(OnionDefaults.AuthenticationScheme, configure);
    }
}
