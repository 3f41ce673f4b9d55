using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Services;
using OnionHost.Transport;

namespace OnionHost.AspNetCore.Authentication;

/// <summary>Turns the authorization cookie that a visitor came with into a principal.</summary>
internal sealed class OnionAuthenticationHandler(
    IOptionsMonitor<OnionAuthenticationOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IHostLabelCheck labels)
    : AuthenticationHandler<OnionAuthenticationOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetOnion() is not { } onion)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (onion.CookieName is { } proved)
        {
            return Success(onion, proved, OnionDefaults.ProvedAtIntroduction);
        }

        if (Options.AllowHostLabel && labels.Find(onion.Service, Request.Host.Host) is { } shown)
        {
            return Success(onion, shown, OnionDefaults.ShownInHost);
        }

        return onion.HasCookie
            ? Success(onion, null, OnionDefaults.UsedForDescriptor)
            : Task.FromResult(AuthenticateResult.NoResult());
    }

    // There is nothing to log in with here: the visitor has to come again, with the cookie in the address.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private Task<AuthenticateResult> Success(IOnionConnectionFeature onion, string? name, string proof)
    {
        List<Claim> claims = [new(OnionDefaults.ServiceClaim, onion.Service.ToString()), new(OnionDefaults.ProofClaim, proof)];
        if (name is not null)
        {
            claims.Add(new Claim(ClaimTypes.Name, name));
            claims.Add(new Claim(ClaimTypes.NameIdentifier, name));
        }

        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name)));
    }
}
