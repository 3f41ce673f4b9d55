using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Relays;

namespace OnionHost.Rendezvous.Tests.Relays;

/// <summary>A relay's circuit that writes down what is done to it.</summary>
internal sealed class FakeRoleCircuit : IRoleCircuit
{
    public List<(RelayCommand Command, byte[] Body)> Sent { get; } = [];

    public FakeRoleCircuit? JoinedTo { get; private set; }

    public DestroyReason? Closed { get; private set; }

    public bool IsFromClient { get; init; }

    public bool HasNext { get; init; }

    public ReadOnlyMemory<byte> Binding { get; init; } = Enumerable.Range(0, 20).Select(i => (byte)i).ToArray();

    public void Send(RelayCommand command, ReadOnlySpan<byte> body) => Sent.Add((command, body.ToArray()));

    public void Join(IRoleCircuit other)
    {
        JoinedTo = (FakeRoleCircuit)other;
        JoinedTo.JoinedTo = this;
    }

    public void Close(DestroyReason reason) => Closed = reason;
}
