using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Relays;

/// <summary>What the onion-service roles need of a relay's circuit.</summary>
internal interface IRoleCircuit
{
    /// <summary>True if the previous hop is no relay: the circuit has this hop only, or its first.</summary>
    bool IsFromClient { get; }

    /// <summary>True if the circuit goes on to another relay.</summary>
    bool HasNext { get; }

    /// <summary>KH of this hop, 20 bytes.</summary>
    ReadOnlyMemory<byte> Binding { get; }

    /// <summary>Sends a message that belongs to no stream towards the circuit's owner.</summary>
    void Send(RelayCommand command, ReadOnlySpan<byte> body);

    /// <summary>From now on cells that nobody here recognizes go from each of the two circuits to the other.</summary>
    void Join(IRoleCircuit other);

    /// <summary>Ends the circuit.</summary>
    void Close(DestroyReason reason);
}
