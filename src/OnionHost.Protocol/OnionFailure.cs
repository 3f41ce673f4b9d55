namespace OnionHost.Protocol;

/// <summary>Why an onion service could not be reached; the values are SOCKS5's extended reply codes (proposal 304).</summary>
public enum OnionFailure : byte
{
    /// <summary>No directory has a descriptor for the address (X'F0').</summary>
    DescriptorNotFound = 0xF0,

    /// <summary>The descriptor is malformed, badly signed or cannot be decrypted (X'F1').</summary>
    DescriptorInvalid = 0xF1,

    /// <summary>Every introduction point refused or failed (X'F2').</summary>
    IntroductionFailed = 0xF2,

    /// <summary>The rendezvous did not complete (X'F3').</summary>
    RendezvousFailed = 0xF3,

    /// <summary>The service wants an authorization cookie and none was given (X'F4').</summary>
    MissingAuthorization = 0xF4,

    /// <summary>The authorization cookie is not, or no longer, valid (X'F5').</summary>
    WrongAuthorization = 0xF5,

    /// <summary>The address is malformed: length, checksum or version (X'F6').</summary>
    BadAddress = 0xF6,

    /// <summary>Every introduction timed out (X'F7').</summary>
    IntroductionTimedOut = 0xF7,
}
