using System.Net.Sockets;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>What a client is told when a socket fails (tor-spec 6.3).</summary>
internal static class EndReasons
{
    public static EndReason Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => EndReason.ConnectRefused,
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => EndReason.ResolveFailed,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown
            or SocketError.AddressNotAvailable => EndReason.NoRoute,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => EndReason.ConnReset,
        SocketError.TimedOut => EndReason.Timeout,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => EndReason.ResourceLimit,
        SocketError.AccessDenied => EndReason.ConnectRefused,
        _ => EndReason.Misc,
    };
}
