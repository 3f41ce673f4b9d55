using System.Collections.Concurrent;
using System.Net.Sockets;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Tls;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>A link whose handshake was well formed, and over which anything may be written. It reads what comes back, so that nobody waits for it.</summary>
internal sealed class HostileLink : IAsyncDisposable
{
    private readonly ConcurrentDictionary<CircuitId, HostileCircuit> _circuits = [];
    private readonly TlsConnection _tls;
    private readonly Task _reading;
    private uint _lastId = CircuitId.InitiatorBit;

    private HostileLink(OpenedLink opened)
    {
        _tls = opened.Tls;
        _reading = Task.Run(() => ReadAsync(opened.Buffer, opened.Filled));
    }

    public bool IsOpen => !_reading.IsCompleted;

    public static async Task<HostileLink> OpenAsync(LinkConnector connector, LinkTarget target, CancellationToken stop) =>
        new(await connector.ConnectAsync(target, target.Addresses[0], stop));

    /// <summary>A circuit that was not sent yet.</summary>
    public HostileCircuit Begin(HopHandshake handshake, Action<RelayCommand> onAnswer)
    {
        var circuit = new HostileCircuit(new CircuitId(++_lastId), handshake, onAnswer);
        _circuits[circuit.Id] = circuit;
        return circuit;
    }

    /// <summary>False once the link is closed.</summary>
    public async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> cells, CancellationToken stop)
    {
        try
        {
            await _tls.WriteAsync(cells, stop);
            return IsOpen;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Forget(HostileCircuit circuit)
    {
        _circuits.TryRemove(circuit.Id, out _);
        circuit.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _tls.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync(byte[] buffer, int filled)
    {
        try
        {
            do
            {
                filled = Take(buffer.AsSpan(0, filled));
                var read = await _tls.ReadAsync(buffer.AsMemory(filled), CancellationToken.None);
                filled = read == 0 ? -1 : filled + read;
            }
            while (filled > 0);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or TorException)
        {
            // It closed, as it may.
        }
        finally
        {
            foreach (var circuit in _circuits.Values)
            {
                circuit.Close();
            }
        }
    }

    private int Take(Span<byte> bytes)
    {
        var position = 0;
        while (CellFraming.TryRead(bytes[position..], 4, out var cell, out var consumed))
        {
            position += consumed;
            if (_circuits.TryGetValue(cell.Circuit, out var circuit))
            {
                circuit.OnCell(cell.Command, cell.Payload);
            }
        }

        bytes[position..].CopyTo(bytes);
        return bytes.Length - position;
    }
}
