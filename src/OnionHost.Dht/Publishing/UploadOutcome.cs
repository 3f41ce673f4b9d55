namespace OnionHost.Dht.Publishing;

/// <summary>How an upload ended.</summary>
internal enum UploadOutcome
{
    /// <summary>The directory keeps the descriptor.</summary>
    Stored,

    /// <summary>The directory refused it: malformed, or not newer than what it has. The same text will not help.</summary>
    Refused,

    /// <summary>The directory could not be reached, or had no time, in all attempts.</summary>
    Unreachable,
}
