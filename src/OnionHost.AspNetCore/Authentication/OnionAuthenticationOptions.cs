using Microsoft.AspNetCore.Authentication;

namespace OnionHost.AspNetCore.Authentication;

/// <summary>How the scheme <c>Onion</c> takes cookies.</summary>
public sealed class OnionAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>
    /// Takes a cookie that stands before the address in the request's <c>Host</c>, which is what a stock browser sends for
    /// <c>http://x.y.onion/</c>. True by default: the connection is encrypted end to end, and the label is the secret itself.
    /// </summary>
    public bool AllowHostLabel { get; set; } = true;
}
