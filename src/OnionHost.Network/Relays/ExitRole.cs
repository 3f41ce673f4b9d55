using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>Connects streams to hosts outside: BEGIN, and RESOLVE for those who only want an address.</summary>
internal sealed class ExitRole : IStreamRole
{
    private readonly NodeContext _context;
    private readonly ExitOptions _options;
    private readonly ExitAddresses _addresses;
    private readonly ILogger _logger;

    public ExitRole(NodeContext context, ExitOptions options)
    {
        _context = context;
        _options = options;
        _addresses = new ExitAddresses(options);
        _logger = context.Loggers.CreateLogger<ExitRole>();
    }

    public bool TryBegin(RelayCircuit circuit, InboundStream stream)
    {
        switch (stream.Command)
        {
            case RelayCommand.Begin when Refusal(circuit) is { } reason:
                stream.Refuse(reason);
                return true;
            case RelayCommand.Begin:
                _ = Task.Run(() => ConnectAsync(stream));
                return true;
            case RelayCommand.Resolve:
                _ = Task.Run(() => _addresses.AnswerAsync(stream, _context.Time));
                return true;
            default:
                return false;
        }
    }

    /// <summary>A circuit's first hop would be a one-hop proxy, which attracts those who attack and those who need no Tor (tor-spec 6.2).</summary>
    private EndReason? Refusal(RelayCircuit circuit) => _options.Known switch
    {
        null => null,
        _ when circuit.IsFromClient => EndReason.TorProtocol,
        { RefusesUnknownRelays: true } known when !known.Contains(circuit.Previous.Peer.Fingerprint!.Value) => EndReason.Misc,
        _ => null,
    };

    private async Task ConnectAsync(InboundStream stream)
    {
        Socket? socket = null;
        try
        {
            var begin = stream.Begin();
            using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _context.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stream.Closed);
            var candidates = await _addresses.ResolveAsync(begin, either.Token).ConfigureAwait(false);
            if (_addresses.Allowed(candidates, begin.Port) is not [var address, ..])
            {
                stream.Refuse(new EndMessage(EndReason.ExitPolicy, candidates.Count > 0 ? candidates[0] : null, ExitAddresses.Ttl));
                return;
            }

            if (_options.Known?.RefusesReentry(new IPEndPoint(address, begin.Port)) == true)
            {
                // Not EXITPOLICY: clients would try the next exit, to no avail.
                stream.Refuse(EndReason.ConnectRefused);
                return;
            }

            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(address, begin.Port), either.Token).ConfigureAwait(false);
            var connection = new ExitConnection(socket, stream.Accept(new ConnectedMessage(address, ExitAddresses.Ttl), inline: true), _options.Traffic);
            socket = null;
            await connection.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Nothing about the destination, whatever the level: it is a stranger's.
            RelayLog.ExitFailed(_logger, stream.Edge.Circuit.Number, e.GetType().Name);
            stream.Refuse(ReasonOf(e));
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static EndReason ReasonOf(Exception fault) => fault switch
    {
        SocketException socket => EndReasons.Of(socket.SocketErrorCode),
        ProtocolException => EndReason.TorProtocol,
        OperationCanceledException => EndReason.Timeout,
        _ => EndReason.Internal,
    };
}
