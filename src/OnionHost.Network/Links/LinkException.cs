using OnionHost.Protocol;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Links;

/// <summary>No link to a relay could be opened, or the link closed.</summary>
internal sealed class LinkException : TorException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="reason">What a relay tells the previous hop: <see cref="DestroyReason.ConnectFailed"/>, <see cref="DestroyReason.OrIdentity"/>, <see cref="DestroyReason.ChannelClosed"/> and so on.</param>
    /// <param name="message">What failed and why.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public LinkException(DestroyReason reason, string message, Exception? innerException = null)
        : base(TorErrorKind.Network, message, isTransient: reason != DestroyReason.OrIdentity, innerException)
    {
        Reason = reason;
    }

    /// <summary>What a relay tells the previous hop.</summary>
    public DestroyReason Reason { get; }
}
