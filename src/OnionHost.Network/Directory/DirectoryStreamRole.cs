using Microsoft.Extensions.Logging;
using OnionHost.Network.Relays;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Directory;

/// <summary>Serves directory requests that come inside circuits (BEGIN_DIR, tor-spec 6.2.1).</summary>
internal sealed class DirectoryStreamRole(NodeContext context, DirectoryServer server) : IStreamRole
{
    private const int MaximumRequests = 512;

    private readonly ILogger _logger = context.Loggers.CreateLogger<DirectoryStreamRole>();
    private int _requests;

    /// <inheritdoc/>
    public bool TryBegin(RelayCircuit circuit, InboundStream stream)
    {
        if (stream.Command != RelayCommand.BeginDir)
        {
            return false;
        }

        if (Interlocked.Increment(ref _requests) > MaximumRequests)
        {
            Interlocked.Decrement(ref _requests);
            stream.Refuse(EndReason.ResourceLimit);
            return true;
        }

        // One hop away from somebody who is no relay: then the link's other end is who asks.
        var isAnonymous = !circuit.IsFromClient;
        var remote = isAnonymous ? null : circuit.Previous.Peer.Remote.Address;
        _ = Task.Run(() => ServeAsync(stream, isAnonymous, remote));
        return true;
    }

    private async Task ServeAsync(InboundStream offered, bool isAnonymous, System.Net.IPAddress? remote)
    {
        try
        {
            await using var accepted = offered.Accept(new ConnectedMessage(null, 0));
            await using var stream = accepted.AsStream();
            await server.ServeAsync(stream, isAnonymous, remote, accepted.Closed);
        }
        catch (Exception fault) when (fault is IOException or TorException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            DirectoryLog.ConnectionFault(_logger, fault);
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }
}
