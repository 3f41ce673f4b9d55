namespace OnionHost.Protocol.Messages;

/// <summary>What a relay message is (tor-spec 6.1, rend-spec-v3 3 and 4).</summary>
public enum RelayCommand : byte
{
    /// <summary>Open a stream to a host and port.</summary>
    Begin = 1,

    /// <summary>A stream's bytes.</summary>
    Data = 2,

    /// <summary>A stream ends.</summary>
    End = 3,

    /// <summary>A stream is open.</summary>
    Connected = 4,

    /// <summary>More may be sent on the circuit (stream 0) or stream.</summary>
    Sendme = 5,

    /// <summary>The first form of EXTEND; refused today.</summary>
    Extend = 6,

    /// <summary>The first form of EXTENDED.</summary>
    Extended = 7,

    /// <summary>Cut the circuit here.</summary>
    Truncate = 8,

    /// <summary>The circuit now ends here.</summary>
    Truncated = 9,

    /// <summary>Padding to this hop; ignored.</summary>
    Drop = 10,

    /// <summary>Look a name up.</summary>
    Resolve = 11,

    /// <summary>What the lookup gave.</summary>
    Resolved = 12,

    /// <summary>Open a stream to the relay's directory.</summary>
    BeginDir = 13,

    /// <summary>Add a hop.</summary>
    Extend2 = 14,

    /// <summary>A hop was added.</summary>
    Extended2 = 15,

    /// <summary>Conflux: join this circuit to a set.</summary>
    ConfluxLink = 19,

    /// <summary>Conflux: joined.</summary>
    ConfluxLinked = 20,

    /// <summary>Conflux: the join is confirmed.</summary>
    ConfluxLinkedAck = 21,

    /// <summary>Conflux: what follows comes on another leg.</summary>
    ConfluxSwitch = 22,

    /// <summary>A service asks a relay to be its introduction point.</summary>
    EstablishIntro = 32,

    /// <summary>A client asks a relay to be its rendezvous point.</summary>
    EstablishRendezvous = 33,

    /// <summary>Client to introduction point.</summary>
    Introduce1 = 34,

    /// <summary>Introduction point to service: the same bytes.</summary>
    Introduce2 = 35,

    /// <summary>Service to rendezvous point.</summary>
    Rendezvous1 = 36,

    /// <summary>Rendezvous point to client.</summary>
    Rendezvous2 = 37,

    /// <summary>The introduction point is set up.</summary>
    IntroEstablished = 38,

    /// <summary>The rendezvous point is set up.</summary>
    RendezvousEstablished = 39,

    /// <summary>Whether the introduction was passed on.</summary>
    IntroduceAck = 40,

    /// <summary>Circuit padding: start or stop a machine.</summary>
    PaddingNegotiate = 41,

    /// <summary>Circuit padding: the answer.</summary>
    PaddingNegotiated = 42,

    /// <summary>Stop sending on this stream.</summary>
    Xoff = 43,

    /// <summary>Send on this stream again.</summary>
    Xon = 44,
}
