using System.Text.Json.Nodes;
using OnionHost.Cli.Control;
using OnionHost.Cli.Nodes;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Keys;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Services;

/// <summary>Asks a running service about its cookies, or does it oneself with the directory of a stopped one.</summary>
internal static class CookieSession
{
    private const string SecretKey = "hs_ed25519_secret_key";

    /// <summary>Does it.</summary>
    /// <exception cref="ToolException">There is no such service, or it refuses.</exception>
    /// <exception cref="Protocol.TorException">It cannot be done.</exception>
    public static async Task<JsonObject> AskAsync(ServiceDirectory directory, string verb, JsonObject request, ToolSession session, CancellationToken stop)
    {
        request["do"] = verb;
        if (await new ControlClient(directory.Data, session.Tool.Time).TryAskAsync(request, stop) is { } answer)
        {
            return answer;
        }

        if (!File.Exists(Path.Combine(directory.Keys, SecretKey)))
        {
            throw new ToolException(
                ExitCode.NotFound, $"--data: there is no onion service in {directory.Data}. Start 'onionhost service' with it once, or name its directory with --keys.");
        }

        var options = new OnionServiceOptions { Name = "service", KeyDirectory = directory.Keys };
        using var keys = ServiceKeys.Open(options, session.Node);
        var cookies = new CookieRegistry(session.Node, keys.Cookies, OnionService.CookieCapacity(options.IntroductionPoints));
        try
        {
            return new CookieDesk(keys.Address, cookies).Handle(verb, request)!;
        }
        finally
        {
            cookies.Stop();
        }
    }
}
