using System.Net;

namespace OnionHost.Benchmarks.AgainstTor;

/// <summary>A network with a SOCKS client and an onion service, both of which lead to the same HTTP server.</summary>
internal interface INetworkUnderTest : IAsyncDisposable
{
    /// <summary>What the table calls it.</summary>
    string Name { get; }

    /// <summary>The client's SOCKS port.</summary>
    IPEndPoint Socks { get; }

    /// <summary>The HTTP server, as exits reach it.</summary>
    IPEndPoint Http { get; }

    /// <summary>The HTTP server, as an onion service on port 80.</summary>
    string OnionHost { get; }

    /// <summary>Process numbers by part: "client", "service", "network".</summary>
    IReadOnlyDictionary<string, IReadOnlyList<int>> Processes { get; }

    /// <summary>Makes the client forget circuits and onion descriptors that a fresh isolation key would still use.</summary>
    Task ForgetAsync(CancellationToken cancellationToken);
}
