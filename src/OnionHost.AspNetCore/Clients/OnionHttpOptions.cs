namespace OnionHost.AspNetCore.Clients;

/// <summary>How an <see cref="HttpClient"/> goes through Tor.</summary>
public sealed class OnionHttpOptions
{
    /// <summary>
    /// Clients with different values never share a circuit. Null, the default, takes the client's name.
    /// </summary>
    public string? Isolation { get; set; }

    /// <summary>How long opening a connection may take, 60 s by default: the first one to an onion service builds several circuits.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
