using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace OnionHost.AspNetCore.Configuration;

/// <summary>
/// Finds onion addresses in the server's URLs. Kestrel takes a host name that it does not know for "any address" and would serve
/// the application in the clear, on every interface of the machine.
/// </summary>
internal static class OnionUrlFaults
{
    private static readonly string[] Keys = [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];

    public static IEnumerable<string> In(IConfiguration configuration)
    {
        foreach (var key in Keys)
        {
            if (HasOnion(configuration[key]))
            {
                yield return Message(key);
            }
        }

        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (HasOnion(endpoint["Url"]))
            {
                yield return Message($"Kestrel:Endpoints:{endpoint.Key}:Url");
            }
        }

        if (bool.TryParse(configuration[WebHostDefaults.PreferHostingUrlsKey], out var prefer) && prefer)
        {
            yield return $"{WebHostDefaults.PreferHostingUrlsKey}: it makes Kestrel drop the onion endpoints and serve in the clear instead. Remove it.";
        }
    }

    private static bool HasOnion(string? urls) => (urls ?? "")
        .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Any(url => HostOf(url).TrimEnd('.').EndsWith(".onion", StringComparison.OrdinalIgnoreCase));

    private static string HostOf(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        var rest = start < 0 ? url : url[(start + 3)..];
        var end = rest.AsSpan().IndexOfAny('/', ':');
        return end < 0 ? rest : rest[..end];
    }

    private static string Message(string key) =>
        $"{key}: Kestrel would take an onion address here for 'any address' and serve in the clear on every interface. Remove it: "
        + "UseOnion() listens by itself; name other ports in Onion:Services:NAME:Ports, or call kestrel.ListenOnion(\"NAME\", port).";
}
