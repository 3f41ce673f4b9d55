using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays;

/// <summary>Takes the circuits that others create through us: the handshake goes to the pool, the circuit to the roles.</summary>
internal sealed class CircuitAcceptor(NodeContext context, OnionskinPool pool, RelayExtender extender, RelayRoles roles) : ILinkAcceptor
{
    void ILinkAcceptor.OnCreate(Link link, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload) => Accept(link, id, command, payload);

    /// <summary>Read loop: a CREATE2 or CREATE_FAST came.</summary>
    public void Accept(ICircuitLink link, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload)
    {
        var circuit = new RelayCircuit(context, link, id, extender, roles);
        if (!link.TryAttach(id, circuit))
        {
            return;
        }

        roles.OnOpened();
        try
        {
            var onionskin = Read(circuit, command, payload);
            if (onionskin.Type == HandshakeType.Fast)
            {
                // No curve, a few hashes: not worth a place in the queue, which is for those who need one.
                pool.AnswerNow(onionskin);
            }
            else if (!pool.TryAdd(onionskin))
            {
                circuit.Close(DestroyReason.ResourceLimit);
            }
        }
        catch (ProtocolException e)
        {
            circuit.Fail(DestroyReason.Protocol, e.Message);
        }
    }

    private static Onionskin Read(RelayCircuit circuit, CellCommand command, ReadOnlySpan<byte> payload)
    {
        var reader = new SpanReader(payload);
        switch (command)
        {
            case CellCommand.CreateFast:
                return new Onionskin(circuit, HandshakeType.Fast, CreateFastCell.Read(ref reader).X);
            case CellCommand.Create2:
                var create = Create2Cell.Read(ref reader);
                return create.Type is HandshakeType.Ntor or HandshakeType.NtorV3
                    ? new Onionskin(circuit, create.Type, create.Onionskin)
                    : throw new ProtocolException($"A handshake of type {(ushort)create.Type} is not answered here.");
            default:
                throw new ProtocolException($"A circuit was created with {command}.");
        }
    }
}
