using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Streams;

/// <summary>A stream could not be opened, or the other end broke it off.</summary>
public sealed class StreamException : TorException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="message">What failed, and why.</param>
    /// <param name="reason">The reason of the END message, or ours.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public StreamException(string message, EndReason reason, Exception? innerException = null)
        : base(TorErrorKind.Remote, message, IsWorthRetrying(reason), innerException)
    {
        Reason = reason;
    }

    /// <summary>Why (tor-spec 6.3).</summary>
    public EndReason Reason { get; }

    internal static StreamException Ended(EndReason reason) => new($"The other end closed the stream: {reason}.", reason);

    private static bool IsWorthRetrying(EndReason reason) => reason is not EndReason.ConnectRefused and not EndReason.TorProtocol;
}
