using System.Collections.Immutable;
using System.Net;
using System.Text;
using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>Cells of every command, as they should be and changed.</summary>
internal sealed class HostileCells
{
    private static readonly CellCommand[] Fixed =
    [
        CellCommand.Padding, CellCommand.Create, CellCommand.Created, CellCommand.Relay, CellCommand.Destroy, CellCommand.CreateFast, CellCommand.CreatedFast,
        CellCommand.RelayEarly, CellCommand.Create2, CellCommand.Created2, CellCommand.PaddingNegotiate, CellCommand.Netinfo, (CellCommand)77,
    ];

    private static readonly CellCommand[] Variable =
        [CellCommand.VPadding, CellCommand.Certs, CellCommand.AuthChallenge, CellCommand.Authenticate, CellCommand.Authorize, CellCommand.Versions, (CellCommand)200];

    // Few, so that introductions and rendezvous find each other.
    private readonly Ed25519KeyPair[] _authKeys = [.. Enumerable.Range(0, 4).Select(_ => Ed25519KeyPair.Generate(SystemRandomSource.Instance))];
    private readonly byte[][] _cookies = [.. Enumerable.Range(0, 4).Select(i => SystemRandomSource.Instance.Bytes(20))];
    private readonly BesiegedNetwork _network;
    private readonly HashSet<IPEndPoint> _orPorts;

    public HostileCells(BesiegedNetwork network)
    {
        _network = network;
        _orPorts = [.. network.Nodes.Select(node => node.Relay.OrEndPoint)];
    }

    /// <summary>Writes a cell that is not one of a circuit's own layer.</summary>
    /// <param name="mutator">Chooses.</param>
    /// <param name="cell">Takes it.</param>
    /// <param name="known">A circuit of the link.</param>
    /// <param name="isFixed">False if it may say that it is shorter or longer than it is.</param>
    /// <returns>Its length.</returns>
    public int WriteLinkCell(Mutator mutator, Span<byte> cell, CircuitId known, out bool isFixed)
    {
        var id = mutator.Next(4) switch
        {
            0 => new CircuitId((uint)mutator.Next(int.MaxValue)),
            1 => new CircuitId((uint)mutator.Next(int.MaxValue) | CircuitId.InitiatorBit),
            2 => CircuitId.None,
            _ => known,
        };
        isFixed = !mutator.Chance(2);
        if (!isFixed)
        {
            var length = CellFraming.WriteVariable(cell, 4, id, mutator.Pick(Variable), mutator.Bytes(mutator.Next(400)));
            mutator.MutateInPlace(cell[4..length], cell[..length]);
            return length;
        }

        var command = mutator.Pick(Fixed);
        if (command == CellCommand.Netinfo && !mutator.Chance(5))
        {
            command = CellCommand.Create2;
        }

        Span<byte> payload = new byte[CellFraming.PayloadSize];
        if (command is CellCommand.Create2 or CellCommand.CreateFast)
        {
            using var handshake = HopHandshake.Begin(_network.Relay.Relay.ToHop(), SystemRandomSource.Instance);
            var writer = new SpanWriter(payload);
            new Create2Cell(mutator.Chance(50) ? HandshakeType.Ntor : HandshakeType.NtorV3, handshake.Onionskin).Write(ref writer);
            mutator.MutateInPlace(payload[..(writer.Position + 8)], payload);
        }
        else
        {
            mutator.MutateInPlace(payload, mutator.Bytes(64));
        }

        return CellFraming.WriteFixed(cell, 4, id, command, payload);
    }

    /// <summary>Writes a relay message of a circuit, changed before it is sealed, or after, or not at all.</summary>
    /// <returns>True if it was changed.</returns>
    public bool WriteRelayCell(Mutator mutator, Span<byte> cell, HostileCircuit circuit)
    {
        Span<byte> payload = new byte[CellFraming.PayloadSize];
        var (isChanged, isSpoiled) = (mutator.Chance(75), mutator.Chance(4));
        do
        {
            var (command, body) = Message(mutator, circuit);
            RelayMessage.Write(payload, command, new StreamId((ushort)(mutator.Chance(80) ? mutator.Next(4) : mutator.Next(65536))), body, SystemRandomSource.Instance);
            if (isChanged)
            {
                mutator.MutateInPlace(mutator.Chance(70) ? payload.Slice(RelayMessage.HeaderSize, body.Length) : payload[..(RelayMessage.HeaderSize + body.Length)], body);
            }
        }
        while (!IsHarmless(payload));

        circuit.WriteSealed(cell, mutator.Chance(10) || payload[0] == (byte)RelayCommand.Extend2 ? CellCommand.RelayEarly : CellCommand.Relay, payload);
        if (isSpoiled)
        {
            mutator.MutateInPlace(cell[5..], payload);
        }

        return isChanged || isSpoiled;
    }

    /// <summary>True unless it leads to anybody but the nodes of this network.</summary>
    private bool IsHarmless(ReadOnlySpan<byte> payload)
    {
        if (payload[0] != (byte)RelayCommand.Extend2)
        {
            return true;
        }

        try
        {
            var reader = new SpanReader(RelayMessage.Read(payload).Body);
            return LinkSpecifiers.EndPoints(Extend2Message.Read(ref reader).Specifiers).All(_orPorts.Contains);
        }
        catch (ProtocolException)
        {
            return true;
        }
    }

    private (RelayCommand Command, byte[] Body) Message(Mutator mutator, HostileCircuit circuit) => mutator.Next(26) switch
    {
        0 => Body(RelayCommand.Begin, (ref SpanWriter w) => new BeginMessage("127.0.0.1", (ushort)_network.Server.Port, 0).Write(ref w)),
        1 => Body(RelayCommand.Begin, (ref SpanWriter w) => new BeginMessage("localhost", (ushort)_network.Server.Port, BeginMessage.IPv6Preferred).Write(ref w)),
        2 or 3 => (RelayCommand.BeginDir, []),
        4 or 5 => (RelayCommand.Data, Encoding.ASCII.GetBytes("GET /tor/status-vote/current/consensus-microdesc HTTP/1.0\r\n\r\n")),
        6 => (RelayCommand.Data, mutator.Bytes(mutator.Next(RelayMessage.BodyMax))),
        7 => Body(RelayCommand.End, (ref SpanWriter w) => new EndMessage(EndReason.Done).Write(ref w)),
        8 => (RelayCommand.Sendme, []),
        9 => Body(RelayCommand.Sendme, (ref SpanWriter w) => new SendmeMessage(1, mutator.Bytes(20)).Write(ref w)),
        10 or 11 => Body(RelayCommand.Extend2, (ref SpanWriter w) => WriteExtend(ref w, mutator)),
        12 => Body(RelayCommand.Truncate, (ref SpanWriter w) => new TruncateMessage(DestroyReason.None).Write(ref w)),
        13 => (RelayCommand.Drop, []),
        14 => Body(RelayCommand.Resolve, (ref SpanWriter w) => new ResolveMessage("localhost").Write(ref w)),
        15 or 16 => Body(RelayCommand.EstablishIntro, (ref SpanWriter w) => WriteEstablish(ref w, mutator, circuit)),
        17 => Body(RelayCommand.EstablishRendezvous, (ref SpanWriter w) => new EstablishRendezvousMessage(mutator.Pick(_cookies)).Write(ref w)),
        18 or 19 => Body(RelayCommand.Introduce1, (ref SpanWriter w) => WriteIntroduce(ref w, mutator)),
        20 => Body(RelayCommand.Rendezvous1, (ref SpanWriter w) => new Rendezvous1Message(mutator.Pick(_cookies), mutator.Bytes(64)).Write(ref w)),
        21 => Body(RelayCommand.Xon, (ref SpanWriter w) => new XonMessage((uint)mutator.Next(int.MaxValue)).Write(ref w)),
        22 => Body(RelayCommand.Xoff, (ref SpanWriter w) => default(XoffMessage).Write(ref w)),
        23 => Body(RelayCommand.PaddingNegotiate, (ref SpanWriter w) => new CircuitPaddingMessage(true, 1, 1).Write(ref w)),
        24 => (RelayCommand.Connected, mutator.Bytes(mutator.Next(30))),
        _ => ((RelayCommand)mutator.Next(64), mutator.Bytes(mutator.Next(200))),
    };

    private delegate void BodyWriter(ref SpanWriter writer);

    private static (RelayCommand Command, byte[] Body) Body(RelayCommand command, BodyWriter write)
    {
        var writer = new SpanWriter(new byte[RelayMessage.BodyMax]);
        write(ref writer);
        return (command, writer.Written.ToArray());
    }

    private void WriteExtend(ref SpanWriter writer, Mutator mutator)
    {
        var hop = (mutator.Chance(70) ? _network.Behind : _network.Authority.Server).Relay.ToHop();
        using var handshake = HopHandshake.Begin(hop, SystemRandomSource.Instance);
        new Extend2Message(hop.Specifiers, handshake.Type, handshake.Onionskin).Write(ref writer);
    }

    private void WriteEstablish(ref SpanWriter writer, Mutator mutator, HostileCircuit circuit)
    {
        ImmutableArray<IntroduceExtension> limits = mutator.Chance(50) ? [new IntroduceExtension(1, mutator.Bytes(mutator.Next(30)))] : [];
        EstablishIntroMessage.Create(mutator.Pick(_authKeys), limits, circuit.Keys.Result!.CircuitBinding.Span).Write(ref writer);
    }

    private void WriteIntroduce(ref SpanWriter writer, Mutator mutator) => new Introduce1Message(
        mutator.Pick(_authKeys).Public, [], new Curve25519PublicKey(mutator.Bytes(32)), mutator.Bytes(200), mutator.Bytes(32)).Write(ref writer);
}
