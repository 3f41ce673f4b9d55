using OnionHost.Network.Circuits;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>A circuit whose other end must not be able to tell what comes next.</summary>
/// <param name="id">Its number.</param>
/// <param name="handshake">How it begins.</param>
/// <param name="onAnswer">Hears what the first relay says.</param>
internal sealed class HostileCircuit(CircuitId id, HopHandshake handshake, Action<RelayCommand> onAnswer) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<CircuitKeyMaterial?> _keys = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isDead;

    public CircuitId Id => id;

    /// <summary>Null if the relay refused.</summary>
    public Task<CircuitKeyMaterial?> Keys => _keys.Task;

    public bool IsDead => _isDead;

    /// <summary>Cells that went out, all under the first relay's layer alone, however long the circuit became.</summary>
    public int Sent { get; set; }

    /// <summary>Writes the cell that creates it.</summary>
    public void WriteCreate(Span<byte> cell)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        payload.Clear();
        var writer = new SpanWriter(payload);
        if (handshake.Type == HandshakeType.Fast)
        {
            new CreateFastCell(handshake.Onionskin).Write(ref writer);
        }
        else
        {
            new Create2Cell(handshake.Type, handshake.Onionskin).Write(ref writer);
        }

        CellFraming.WriteFixed(cell, 4, id, handshake.Type == HandshakeType.Fast ? CellCommand.CreateFast : CellCommand.Create2, payload);
    }

    /// <summary>Reader: a cell came for it.</summary>
    public void OnCell(CellCommand command, Span<byte> payload)
    {
        lock (_lock)
        {
            switch (command)
            {
                case CellCommand.CreatedFast or CellCommand.Created2 when !_keys.Task.IsCompleted:
                    _keys.TrySetResult(handshake.Complete(payload, out _));
                    break;
                case CellCommand.Relay when !_isDead && _keys.Task is { IsCompletedSuccessfully: true, Result: { } keys }:
                    OnRelay(keys.Layer.Backward, payload);
                    break;
                case CellCommand.Destroy:
                    Close();
                    break;
            }
        }
    }

    public void Close()
    {
        _isDead = true;
        _keys.TrySetResult(null);
    }

    /// <summary>Seals a payload as it is, well formed or not, and writes the cell.</summary>
    public void WriteSealed(Span<byte> cell, CellCommand command, Span<byte> payload)
    {
        payload[1..3].Clear();
        payload[5..9].Clear();
        _keys.Task.Result!.Layer.Forward.Seal(payload, stackalloc byte[20]);
        CellFraming.WriteFixed(cell, 4, id, command, payload);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Close();
            handshake.Dispose();
            _keys.Task.Result?.Dispose();
        }
    }

    private void OnRelay(LayerDirection layer, Span<byte> payload)
    {
        layer.Crypt(payload);
        if (layer.TryRecognize(payload, default))
        {
            onAnswer(RelayMessage.Read(payload).Command);
        }
    }
}
