using OnionHost.Protocol.Identities;

namespace OnionHost.Transport;

/// <summary>
/// What is known about a connection that came over an onion service. It is among the features of the connection and of each
/// request on it, and absent on every other connection.
/// </summary>
public interface IOnionConnectionFeature
{
    /// <summary>The service that the visitor reached.</summary>
    OnionAddress Service { get; }

    /// <summary>The virtual port that the visitor asked for, 1 to 65535.</summary>
    int Port { get; }

    /// <summary>
    /// The rendezvous circuit that the connection came on, as a number that is unique in this process. Connections with the same
    /// number come from the same visitor; it says nothing about who that is.
    /// </summary>
    uint CircuitId { get; }

    /// <summary>The name of the authorization cookie that the visitor proved at the introduction; null if none was proved.</summary>
    string? CookieName { get; }

    /// <summary>True if the visitor holds some valid authorization cookie, even when it is not known which.</summary>
    bool HasCookie { get; }

    /// <summary>Closes the visitor's circuit with every connection on it, this one included. Returns at once.</summary>
    void CloseCircuit();
}
