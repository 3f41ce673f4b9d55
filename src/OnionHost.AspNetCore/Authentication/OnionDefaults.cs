namespace OnionHost.AspNetCore.Authentication;

/// <summary>Names of the authentication scheme <c>Onion</c> and of what it says about a visitor.</summary>
public static class OnionDefaults
{
    /// <summary>The scheme's name.</summary>
    public const string AuthenticationScheme = "Onion";

    /// <summary>The claim with the service's address.</summary>
    public const string ServiceClaim = "onion:service";

    /// <summary>The claim that says how the cookie was shown: one of the three values below.</summary>
    public const string ProofClaim = "onion:proof";

    /// <summary>The cookie was proved at the introduction, by signature. The principal has the cookie's name.</summary>
    public const string ProvedAtIntroduction = "introduction";

    /// <summary>The cookie stood before the address in the request's <c>Host</c>. The principal has the cookie's name.</summary>
    public const string ShownInHost = "host";

    /// <summary>Some valid cookie decrypted the descriptor, and it is not known which: the principal has no name.</summary>
    public const string UsedForDescriptor = "descriptor";
}
