namespace OnionHost.Protocol;

/// <summary>
/// The root of everything that goes wrong here. The message says what failed, why, and what to do about it;
/// it never holds a secret, and never a stranger's address or destination.
/// </summary>
public class TorException : Exception
{
    /// <summary>Creates a failure of the given kind.</summary>
    /// <param name="kind">Where the cause lies.</param>
    /// <param name="message">What failed, why, and what to do.</param>
    /// <param name="isTransient">True if the same call may succeed when it is made again.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public TorException(TorErrorKind kind, string message, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        IsTransient = isTransient;
    }

    /// <summary>Where the cause lies.</summary>
    public TorErrorKind Kind { get; }

    /// <summary>True if the same call may succeed when it is made again.</summary>
    public bool IsTransient { get; }

    /// <summary>The cause, where programs may want to tell it apart from others.</summary>
    public TorCause Cause { get; init; }
}
