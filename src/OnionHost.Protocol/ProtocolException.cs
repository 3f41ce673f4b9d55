namespace OnionHost.Protocol;

/// <summary>
/// A peer sent bytes or a document that break the protocol. Whoever catches it closes the circuit, link or request
/// that the bytes came on, and nothing else.
/// </summary>
public sealed class ProtocolException : TorException
{
    /// <summary>Creates a protocol error.</summary>
    /// <param name="message">Which rule was broken.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ProtocolException(string message, Exception? innerException = null)
        : base(TorErrorKind.Remote, message, isTransient: false, innerException)
    {
    }
}
