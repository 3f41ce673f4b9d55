namespace OnionHost.Protocol.Cells;

/// <summary>What a cell is for (tor-spec 3). VERSIONS and everything from 128 has a variable length.</summary>
public enum CellCommand : byte
{
    /// <summary>Link padding; ignored.</summary>
    Padding = 0,

    /// <summary>The first handshake's CREATE; refused today.</summary>
    Create = 1,

    /// <summary>The first handshake's CREATED; never sent today.</summary>
    Created = 2,

    /// <summary>A relay message under the circuit's layers.</summary>
    Relay = 3,

    /// <summary>The circuit ends here.</summary>
    Destroy = 4,

    /// <summary>A circuit's first hop without public-key cryptography.</summary>
    CreateFast = 5,

    /// <summary>The answer to <see cref="CreateFast"/>.</summary>
    CreatedFast = 6,

    /// <summary>The link protocols that a side speaks; its circuit number always takes 2 bytes.</summary>
    Versions = 7,

    /// <summary>Time and addresses; completes the link handshake.</summary>
    Netinfo = 8,

    /// <summary>As <see cref="Relay"/>, and may carry EXTEND2; at most 8 a circuit.</summary>
    RelayEarly = 9,

    /// <summary>A circuit's first hop.</summary>
    Create2 = 10,

    /// <summary>The answer to <see cref="Create2"/>.</summary>
    Created2 = 11,

    /// <summary>Asks for link padding (link protocol 5).</summary>
    PaddingNegotiate = 12,

    /// <summary>Padding of any length; ignored.</summary>
    VPadding = 128,

    /// <summary>Who a side is.</summary>
    Certs = 129,

    /// <summary>The responder's challenge.</summary>
    AuthChallenge = 130,

    /// <summary>The initiator's proof.</summary>
    Authenticate = 131,

    /// <summary>Reserved; ignored.</summary>
    Authorize = 132,
}
