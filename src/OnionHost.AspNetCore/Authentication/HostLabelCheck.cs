using OnionHost.AspNetCore.Services;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;

namespace OnionHost.AspNetCore.Authentication;

/// <summary>Asks the cookie registry of the service that the visitor reached.</summary>
internal sealed class HostLabelCheck(IOnionServices services) : IHostLabelCheck
{
    public string? Find(OnionAddress service, string host)
    {
        var address = service.ToString();
        if (host.Length != OnionCookie.LabelLength + 1 + address.Length
            || host[OnionCookie.LabelLength] != '.'
            || !host.EndsWith(address, StringComparison.OrdinalIgnoreCase)
            || !OnionCookie.TryParse(host.AsSpan(0, OnionCookie.LabelLength), out var cookie))
        {
            return null;
        }

        using (cookie)
        {
            return services.Running.Values.FirstOrDefault(running => running.Address == service)?.Cookies.Find(cookie);
        }
    }
}
