using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OnionHost.LocalNetwork;
using OnionHost.Network;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Benchmarks.AgainstTor.Own;

/// <summary>What runs in the processes of OnionHost's side. Each prints one JSON line when it is ready and ends with its standard input.</summary>
internal static class Served
{
    /// <summary>Three authorities, four relays and two exits, as the stock network has.</summary>
    public static async Task<int> NetworkAsync(CancellationToken cancellationToken)
    {
        await using var network = await PrivateNetwork.StartAsync(
            new PrivateNetworkOptions { Authorities = 3, Relays = 6, Exits = 2 }, cancellationToken);
        Print(new ReadyLine { Authorities = [.. network.Authorities.Select(authority => authority.ToString())] });
        await Console.In.ReadToEndAsync(cancellationToken);
        return 0;
    }

    /// <summary>A client with a SOCKS port.</summary>
    public static async Task<int> ClientAsync(string[] authorities, CancellationToken cancellationToken)
    {
        await using var client = new TorClient(Options(authorities) with { SocksEndPoint = new IPEndPoint(IPAddress.Loopback, 0) });
        await client.StartAsync(cancellationToken);
        await client.WaitUntilReadyAsync(cancellationToken);
        Print(new ReadyLine { Port = client.SocksEndPoint!.Port });
        await Console.In.ReadToEndAsync(cancellationToken);
        return 0;
    }

    /// <summary>An onion service whose port 80 leads to a TCP server on loopback.</summary>
    public static async Task<int> ServiceAsync(string[] authorities, int target, CancellationToken cancellationToken)
    {
        await using var client = new TorClient(Options(authorities));
        await using var service = await client.AddServiceAsync(new OnionServiceOptions { Name = "bench" }, cancellationToken);
        var listener = service.Listen(80);
        var serving = ServeAsync(listener, target, cancellationToken);
        await service.WaitUntilReachableAsync(cancellationToken);
        Print(new ReadyLine { Onion = service.Address.ToString() });
        await Console.In.ReadToEndAsync(cancellationToken);
        listener.Unbind();
        await serving;
        return 0;
    }

    private static TorClientOptions Options(string[] authorities) => new()
    {
        Authorities = [.. authorities.Select(DirectoryAuthority.Parse)],
        EnforceDistinctSubnets = false,
        AllowPrivateAddresses = true,
    };

    private static async Task ServeAsync(OnionListener listener, int target, CancellationToken cancellationToken)
    {
        while (await listener.AcceptAsync(cancellationToken) is { } connection)
        {
            _ = PumpAsync(connection, target);
        }
    }

    private static async Task PumpAsync(OnionConnection connection, int target)
    {
        await using var owned = connection;
        using var server = new TcpClient { NoDelay = true };
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target, connection.Closed);
            var stream = server.GetStream();
            var up = connection.Input.CopyToAsync(stream, connection.Closed);
            var down = PipeReader.Create(stream).CopyToAsync(connection.Output, connection.Closed);
            await Task.WhenAny(up, down);
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            connection.Abort();
        }
    }

    private static void Print(ReadyLine line) => Console.WriteLine(JsonSerializer.Serialize(line));
}
