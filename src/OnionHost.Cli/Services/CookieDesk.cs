using System.Text.Json.Nodes;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;

namespace OnionHost.Cli.Services;

/// <summary>Issues, lists and revokes cookies: in the service's process when it runs, in the command's own when it is stopped.</summary>
internal sealed class CookieDesk(OnionAddress service, CookieRegistry cookies)
{
    /// <summary>Issues a cookie: <c>name</c>, and perhaps <c>expires</c>.</summary>
    public const string Issue = "cookie-issue";

    /// <summary>Lists them.</summary>
    public const string List = "cookie-list";

    /// <summary>Revokes one: <c>name</c>.</summary>
    public const string Revoke = "cookie-revoke";

    /// <summary>Does what is asked for; null if it is something else.</summary>
    /// <exception cref="ToolException">There is no such cookie.</exception>
    /// <exception cref="Protocol.TorException">It cannot be done.</exception>
    public JsonObject? Handle(string verb, JsonObject request) => verb switch
    {
        Issue => IssueOne((string?)request["name"] ?? string.Empty, Moment((string?)request["expires"])),
        List => new JsonObject { ["service"] = service.ToString(), ["cookies"] = new JsonArray([.. cookies.List().Select(Describe)]) },
        Revoke => RevokeOne((string?)request["name"] ?? string.Empty),
        _ => null,
    };

    private JsonObject IssueOne(string name, DateTimeOffset? expires)
    {
        using var cookie = cookies.Issue(name, expires);
        return new JsonObject
        {
            ["name"] = name,
            ["service"] = service.ToString(),
            ["address"] = cookie.HostName(service),
            ["authPrivate"] = cookie.AuthPrivateLine(service),
            ["expires"] = expires?.ToString("u"),
        };
    }

    private static DateTimeOffset? Moment(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private JsonObject RevokeOne(string name) => cookies.Revoke(name)
        ? new JsonObject { ["name"] = name, ["service"] = service.ToString() }
        : throw new ToolException(ExitCode.NotFound, $"There is no cookie named '{name}'. 'onionhost cookie list' shows them.");

    private static JsonObject Describe(CookieInfo cookie) => new()
    {
        ["name"] = cookie.Name,
        ["created"] = cookie.Created.ToString("u"),
        ["expires"] = cookie.Expires?.ToString("u"),
        ["proves"] = cookie.CanProve,
    };
}
