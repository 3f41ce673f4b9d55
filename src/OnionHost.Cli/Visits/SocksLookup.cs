using System.Net;
using OnionHost.Protocol.Messages;

namespace OnionHost.Cli.Visits;

/// <summary>Asks the SOCKS port of a client that runs to look a name or an address up: Tor's own commands RESOLVE and RESOLVE_PTR.</summary>
internal static class SocksLookup
{
    private const byte Resolve = 0xF0;
    private const byte ResolvePtr = 0xF1;
    private const uint UnknownTtl = 0;

    /// <summary>Looks a name, or an address, up.</summary>
    /// <exception cref="ToolException">There is no answer, and why.</exception>
    public static async Task<ResolvedAnswer> AskAsync(IPEndPoint socks, string host, CancellationToken stop)
    {
        var command = IPAddress.TryParse(host, out _) ? ResolvePtr : Resolve;
        var (address, name) = await new SocksPort(socks).AskAsync(command, host, stop);
        return address is not null ? ResolvedAnswer.FromAddress(address, UnknownTtl) : ResolvedAnswer.FromHostName(name!, UnknownTtl);
    }
}
