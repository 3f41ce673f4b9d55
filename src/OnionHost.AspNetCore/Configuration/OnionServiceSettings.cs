namespace OnionHost.AspNetCore.Configuration;

/// <summary>One onion service: <c>Onion:Services:NAME</c> in the configuration.</summary>
public sealed class OnionServiceSettings
{
    /// <summary>
    /// The directory of its keys and cookies, in C tor's layout, relative to the content root. It is made when it does not exist.
    /// By default <c>services/NAME</c> in <see cref="OnionOptions.DataDirectory"/>, so that the address survives a restart.
    /// </summary>
    public string? KeyDirectory { get; set; }

    /// <summary>
    /// Virtual ports to listen on, 1 to 65535. When it is empty: those that <c>ListenOnion</c> names, or else 80.
    /// </summary>
    public IList<int> Ports { get; } = [];

    /// <summary>Lets in only who holds an authorization cookie. False by default.</summary>
    public bool RequireCookie { get; set; }

    /// <summary>
    /// With <see cref="RequireCookie"/>: also lets in stock clients, which use the cookie to decrypt the descriptor but prove
    /// nothing at the introduction. False by default.
    /// </summary>
    public bool AllowDescriptorOnlyCookies { get; set; }

    /// <summary>Introduction points: 1 to 20, 3 by default.</summary>
    public int IntroductionPoints { get; set; } = 3;

    /// <summary>Streams that one visitor's circuit may have open at once: 1 to 65535, 1024 by default.</summary>
    public int MaxStreamsPerCircuit { get; set; } = 1024;
}
