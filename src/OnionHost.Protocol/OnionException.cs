namespace OnionHost.Protocol;

/// <summary>An onion service could not be reached; <see cref="Failure"/> says at which step.</summary>
public sealed class OnionException : TorException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="failure">The step that failed.</param>
    /// <param name="message">What failed, why, and what to do.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public OnionException(OnionFailure failure, string message, Exception? innerException = null)
        : base(KindOf(failure), message, failure is not OnionFailure.BadAddress and not OnionFailure.MissingAuthorization, innerException)
    {
        Failure = failure;
    }

    /// <summary>The step that failed, as SOCKS reports it.</summary>
    public OnionFailure Failure { get; }

    private static TorErrorKind KindOf(OnionFailure failure) =>
        failure is OnionFailure.BadAddress or OnionFailure.MissingAuthorization ? TorErrorKind.Local : TorErrorKind.Remote;
}
