using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>What a relay does besides passing cells on. Filled before the relay starts, then only read.</summary>
internal sealed class RelayRoles : IInboundStreams
{
    /// <summary>Roles that register for relay commands.</summary>
    public List<IRelayRole> Circuits { get; } = [];

    /// <summary>Roles that take streams; the first that wants one gets it.</summary>
    public List<IStreamRole> Streams { get; } = [];

    public void OnBegin(InboundStream stream)
    {
        var circuit = (RelayCircuit)stream.Edge.Circuit;
        foreach (var role in Streams)
        {
            if (role.TryBegin(circuit, stream))
            {
                return;
            }
        }

        switch (stream.Command)
        {
            case RelayCommand.Resolve:
                stream.Answer(new ResolvedMessage([new ResolvedAnswer(ResolvedType.Error, ReadOnlyMemory<byte>.Empty, 0)]));
                break;
            case RelayCommand.BeginDir:
                stream.Refuse(EndReason.NotDirectory);
                break;
            default:
                stream.Refuse(EndReason.ExitPolicy);
                break;
        }
    }
}
