using FsCheck;
using FsCheck.Fluent;
using OnionHost.Network.Circuits;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Circuits;

public sealed class CircuitEdgeFuzzTests
{
    private static readonly RelayCommand[] Commands = Enum.GetValues<RelayCommand>();

    /// <summary>Whatever a peer says in whatever order, an edge at either end answers, drops it, or closes its circuit.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_but_protocol_errors_comes_out(bool atRelay)
    {
        await using var network = new MemoryNetwork(1);
        network[0].Roles.Streams.Add(new EchoRole());
        var circuit = await network.BuildAsync(1);
        await circuit.LastHop.OpenAsync(new BeginMessage("idle", 80, 0), new CancellationTokenSource(MemoryNetwork.Soon).Token);
        var edge = atRelay ? network[0].Circuits.Single().Edge : circuit.LastHop;
        edge.Handle(RelayCommand.EstablishIntro, (_, body) => throw new ProtocolException($"{body.Length}"));
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Command, byte Stream, byte[] Body)[]>(), messages =>
        {
            foreach (var (command, stream, body) in messages)
            {
                Deliver(edge, Commands[command % Commands.Length], new StreamId((ushort)(stream % 5)), body);
            }

            edge.OnBatchEnd();
            return true;
        }).QuickCheckThrowOnFailure();
        circuit.Close();
    }

    private static void Deliver(CircuitEdge edge, RelayCommand command, StreamId stream, ReadOnlySpan<byte> body)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        RelayMessage.Write(payload, command, stream, body.Length > 498 ? body[..498] : body, edge.Circuit.Context.Random);
        if (body.Length % 37 == 36)
        {
            payload[9] = 0xff; // A length that does not fit.
        }

        try
        {
            edge.OnMessage(payload, stackalloc byte[20]);
        }
        catch (ProtocolException)
        {
        }
    }
}
