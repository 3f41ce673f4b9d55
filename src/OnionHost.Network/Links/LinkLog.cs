using System.Net;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>Log messages of links (1100 to 1199).</summary>
internal static partial class LinkLog
{
    [LoggerMessage(1100, LogLevel.Debug, "Link to {Remote} is open: protocol {Protocol}, identity {Fingerprint}, initiator: {IsInitiator}")]
    public static partial void Opened(ILogger logger, IPEndPoint remote, int protocol, RelayFingerprint? fingerprint, bool isInitiator);

    [LoggerMessage(1101, LogLevel.Debug, "Link to {Remote} closed: {Reason}")]
    public static partial void Closed(ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(1102, LogLevel.Debug, "No link to {Remote}")]
    public static partial void ConnectFailed(ILogger logger, Exception fault, IPEndPoint remote);

    [LoggerMessage(1103, LogLevel.Debug, "An inbound connection did not become a link")]
    public static partial void AcceptFailed(ILogger logger, Exception fault);

    [LoggerMessage(1104, LogLevel.Debug, "Circuit {Circuit} is destroyed with {Reason}: the peer broke the protocol")]
    public static partial void CircuitBroken(ILogger logger, Exception fault, CircuitId circuit, DestroyReason reason);

    [LoggerMessage(1105, LogLevel.Error, "Circuit {Circuit} is destroyed: handling its cell failed")]
    public static partial void CircuitFault(ILogger logger, Exception fault, CircuitId circuit);

    [LoggerMessage(1106, LogLevel.Debug, "Circuit {Circuit} is destroyed: {Cells} cells wait for a peer that does not read")]
    public static partial void QueueFull(ILogger logger, CircuitId circuit, int cells);

    [LoggerMessage(1107, LogLevel.Warning, "{Peers} relays that were asked agree that their clocks are {Skew} {Direction} ours. Set this machine's clock and time zone, for example with NTP: with a wrong clock the network's documents seem expired and nothing connects")]
    public static partial void ClockSkew(ILogger logger, int peers, TimeSpan skew, string direction);

    [LoggerMessage(1108, LogLevel.Warning, "TLS here cannot export keying material, so links to other relays stay unauthenticated and their relays treat us as a client. Install OpenSSL 3 (libssl.so.3)")]
    public static partial void CannotAuthenticate(ILogger logger);

    [LoggerMessage(1109, LogLevel.Warning, "Accepting links failed; trying again")]
    public static partial void ListenFault(ILogger logger, Exception fault);

    [LoggerMessage(1111, LogLevel.Debug, "A client's wish for padding is ignored: {Rule}")]
    public static partial void PaddingIgnored(ILogger logger, string rule);

    [LoggerMessage(1110, LogLevel.Error, "A link is closed: handling its cells failed")]
    public static partial void LinkFault(ILogger logger, Exception fault);

    [LoggerMessage(1112, LogLevel.Warning, "Waiting cells took too much memory: {Circuits} circuits were closed, {Bytes} bytes are left. If this recurs, raise the limit (MaxMemoryInQueues) or lower the bandwidth")]
    public static partial void MemoryRelieved(ILogger logger, int circuits, long bytes);
}
