using System.Collections.Concurrent;
using System.Net.Sockets;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Links;
using OnionHost.Network.Tls;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>Sends cells to nodes, most of them changed, over as many links as it takes.</summary>
internal sealed class CellSiege(BesiegedNetwork network, CancellationToken stop)
{
    private const int CellsAtOnce = 32;
    private const int CircuitsAtOnce = 16;
    private const int CellsOfCircuit = 48;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMilliseconds(100);

    private readonly HostileCells _cells = new(network);
    private int _sent;

    /// <summary>Changed cells that were written.</summary>
    public int Sent => _sent;

    /// <summary>What the nodes answered, and how often.</summary>
    public ConcurrentDictionary<RelayCommand, int> Answers { get; } = [];

    /// <summary>Sends changed cells over open links.</summary>
    /// <param name="target">To whom.</param>
    /// <param name="count">How many.</param>
    /// <param name="credentials">To be taken for a relay; null for a client.</param>
    /// <param name="mutator">Chooses.</param>
    public async Task SendAsync(RelayServer target, int count, LinkCredentials? credentials, Mutator mutator)
    {
        var options = new LinkOptions { Credentials = credentials is null ? null : () => credentials };
        var connector = new LinkConnector(network.Context, options);
        while (count > 0)
        {
            await using var link = await HostileLink.OpenAsync(connector, target.Relay.ToHop().ToLinkTarget(), stop);
            count -= await SendAsync(link, target, count, mutator);
        }
    }

    /// <summary>Makes connections, each with a handshake in which cells were changed.</summary>
    public async Task ShakeHandsAsync(RelayServer target, int connections, LinkCredentials credentials, Mutator mutator)
    {
        for (var i = 0; i < connections; i++)
        {
            var cells = Handshake(credentials, mutator, out var changed);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(target.Relay.OrEndPoint, stop);
            await using var tls = await TlsBackends.Best().ConnectAsync(socket, "www.example.com", stop);
            try
            {
                await tls.WriteAsync(cells, stop);
                Interlocked.Add(ref _sent, changed);
                using var silence = new CancellationTokenSource(LongestSilence);
                while (await tls.ReadAsync(new byte[4096], silence.Token) > 0)
                {
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                stop.ThrowIfCancellationRequested();
            }
        }
    }

    private void OnAnswer(RelayCommand command) => Answers.AddOrUpdate(command, 1, static (_, count) => count + 1);

    private async Task<int> SendAsync(HostileLink link, RelayServer target, int count, Mutator mutator)
    {
        var buffer = new byte[CellsAtOnce * 514];
        var circuits = new List<HostileCircuit>();
        var sent = 0;
        while (sent < count && link.IsOpen && await RefillAsync(link, circuits, target, mutator))
        {
            var (length, changed, isFramed) = Fill(buffer, circuits, mutator);
            if (!await link.TryWriteAsync(buffer.AsMemory(0, length), stop))
            {
                break;
            }

            sent += changed;
            Interlocked.Add(ref _sent, changed);
            if (!isFramed)
            {
                // Where the next cell begins is not known any more: nothing would be answered.
                break;
            }
        }

        circuits.ForEach(link.Forget);
        return sent;
    }

    private (int Length, int Changed, bool IsFramed) Fill(byte[] buffer, List<HostileCircuit> circuits, Mutator mutator)
    {
        var (length, changed, isFramed) = (0, 0, true);
        for (var i = 0; i < CellsAtOnce; i++)
        {
            var cell = buffer.AsSpan(length, 514);
            if (mutator.Chance(20))
            {
                length += _cells.WriteLinkCell(mutator, cell, mutator.Pick(circuits).Id, out var isFixed);
                changed++;
                isFramed &= isFixed;
                continue;
            }

            var circuit = mutator.Pick(circuits);
            circuit.Sent++;
            changed += _cells.WriteRelayCell(mutator, cell, circuit) ? 1 : 0;
            length += 514;
        }

        return (length, changed, isFramed);
    }

    /// <summary>New circuits for those that are closed or used up. The relay has to answer for each, if only by refusing it.</summary>
    private async Task<bool> RefillAsync(HostileLink link, List<HostileCircuit> circuits, RelayServer target, Mutator mutator)
    {
        foreach (var over in circuits.Where(c => c.IsDead || c.Sent >= CellsOfCircuit).ToList())
        {
            circuits.Remove(over);
            link.Forget(over);
        }

        var made = new List<HostileCircuit>();
        var cells = new byte[(CircuitsAtOnce - circuits.Count) * 514];
        for (var at = 0; at < cells.Length; at += 514)
        {
            made.Add(link.Begin(Handshake(target, mutator), OnAnswer));
            made[^1].WriteCreate(cells.AsSpan(at, 514));
        }

        if (!await link.TryWriteAsync(cells, stop))
        {
            made.ForEach(link.Forget);
            return false;
        }

        foreach (var circuit in made)
        {
            if (await circuit.Keys.WaitAsync(Patience, stop) is null)
            {
                link.Forget(circuit);
            }
            else
            {
                circuits.Add(circuit);
            }
        }

        return circuits.Count > 0;
    }

    private static HopHandshake Handshake(RelayServer target, Mutator mutator) => mutator.Next(8) switch
    {
        0 => HopHandshake.Begin(target.Relay.ToHop(), SystemRandomSource.Instance),
        1 => HopHandshake.Begin(target.Relay.ToHop() with { Congestion = CongestionParameters.Default }, SystemRandomSource.Instance),
        _ => HopHandshake.BeginFast(SystemRandomSource.Instance),
    };

    private static ReadOnlyMemory<byte> Handshake(LinkCredentials credentials, Mutator mutator, out int changed)
    {
        using var cells = new MemoryStream();
        changed = mutator.Chance(50) ? 1 : 0;
        Write(cells, mutator, 2, CellCommand.Versions, [0, 3, 0, 4, 0, 5], changed == 1);
        var payload = new byte[CellFraming.MaxVariablePayload];
        var certs = new SpanWriter(payload);
        credentials.InitiatorCerts.Write(ref certs);
        for (var i = 0; i < 5; i++, changed++)
        {
            var (command, body) = mutator.Next(5) switch
            {
                0 or 1 => (CellCommand.Certs, certs.Written.ToArray()),
                2 => (CellCommand.Authenticate, (byte[])[0, 3, 1, 96, .. "AUTH0003"u8, .. mutator.Bytes(344)]),
                3 => (CellCommand.Netinfo, [0, 0, 0, 0, 4, 4, 127, 0, 0, 1, 1, 4, 4, 127, 0, 0, 1]),
                _ => (CellCommand.AuthChallenge, mutator.Bytes(38)),
            };
            Write(cells, mutator, 4, command, body, isChanged: true);
        }

        // A handshake that still waits for something gets it: padding, which may not come now.
        cells.Write(new byte[CellFraming.MaxVariablePayload + 1024]);
        return cells.ToArray();
    }

    private static void Write(MemoryStream cells, Mutator mutator, int idSize, CellCommand command, byte[] body, bool isChanged)
    {
        body = isChanged && mutator.Chance(80) ? mutator.Mutate(body, body) : body;
        var cell = new byte[Math.Max(514, body.Length + 16)];
        var length = CellFraming.IsVariable(command)
            ? CellFraming.WriteVariable(cell, idSize, CircuitId.None, command, body)
            : CellFraming.WriteFixed(cell, idSize, CircuitId.None, command, body.AsSpan(0, Math.Min(body.Length, CellFraming.PayloadSize)));
        if (isChanged && mutator.Chance(20))
        {
            mutator.MutateInPlace(cell.AsSpan(0, Math.Min(length, 9)), body);
        }

        cells.Write(cell.AsSpan(0, length));
    }
}
