using System.Buffers;
using System.Runtime.CompilerServices;
using OnionHost.Network.Links;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Network.Circuits;

/// <summary>
/// The way out of an edge. Cells are written on the stack, sealed and handed to the link under the circuit's send lock,
/// so that the order of the cryptography is the order on the wire; DATA goes as far as the windows allow.
/// </summary>
[SkipLocalsInit]
internal sealed class EdgeSender(CircuitEdge edge, LayerDirection layer, CircuitFlow flow)
{
    private const int ResumedHere = 4;

    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private readonly EdgeCircuit _circuit = edge.Circuit;
    private readonly SendTurns _turns = new(flow);
    private readonly List<StreamSender> _resume = [];
    private TaskCompletionSource? _receipt;
    private StreamId _lastStream;
    private long _lastSent;
    private int _toReceipt;
    private bool _closed;

    /// <summary>Sends a message that no window counts; on a closed circuit nothing happens.</summary>
    public void Send(RelayCommand command, StreamId stream, ReadOnlySpan<byte> body, bool early)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        Span<byte> tag = stackalloc byte[CircuitFlow.TagSize];
        RelayMessage.Write(payload, command, stream, body, _circuit.Context.Random);
        lock (_circuit.SendLock)
        {
            if (!_closed && _circuit.IsOpen)
            {
                layer.Seal(payload, tag);
                _circuit.Forward(edge, payload, early);
            }
        }
    }

    /// <summary>Sends a stream's data as far as the windows allow; false if some is left and the stream waits for its turn.</summary>
    public bool SendData(StreamSender sender, ref ReadOnlySequence<byte> data)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        Span<byte> tag = stackalloc byte[CircuitFlow.TagSize];
        using var batch = LinkBatch.Begin();
        while (true)
        {
            lock (_circuit.SendLock)
            {
                if (data.IsEmpty || sender.IsStopped || _closed || !_circuit.IsOpen)
                {
                    _turns.Return(sender);
                    return true;
                }

                var cells = _turns.Take(sender);
                if (cells == 0)
                {
                    return false;
                }

                for (; cells > 0 && !data.IsEmpty; cells--)
                {
                    SendDataCell(sender, ref data, payload, tag);
                }

                _lastStream = sender.Id;
                _lastSent = _circuit.Context.Time.GetTimestamp();
            }
        }
    }

    /// <summary>Nothing more is sent for a stream; what was kept for it goes to the others.</summary>
    public void Stop(StreamSender sender)
    {
        lock (_circuit.SendLock)
        {
            sender.Stop();
            _turns.Return(sender);
        }
    }

    /// <summary>
    /// Completes when the peer has received all that was sent, or the circuit closes; call it when no stream is left. The peer
    /// acknowledges only every so many DATA cells, so empty ones follow, up to the next of these: it counts them, and drops
    /// them, as their stream has ended. What was sent long ago needs no proof.
    /// </summary>
    public Task ReceivedAsync()
    {
        lock (_circuit.SendLock)
        {
            if (_closed || _lastStream == StreamId.None || _circuit.Context.Time.GetElapsedTime(_lastSent) > Settled)
            {
                return Task.CompletedTask;
            }

            if (_receipt is null)
            {
                _receipt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _toReceipt = flow.CellsToReceipt;
                AskReceipt();
            }

            return _receipt.Task;
        }
    }

    /// <summary>Nothing more is sent: the layer's keys may go.</summary>
    public void Close()
    {
        lock (_circuit.SendLock)
        {
            _closed = true;
            _receipt?.TrySetResult();
        }
    }

    /// <summary>
    /// Read loop: streams that were waiting go on, here: what they send goes out in the same records, and a window is all
    /// they can send. When many wake at once, most of them go to other threads.
    /// </summary>
    public void OnBatchEnd()
    {
        for (var i = 0; i < _resume.Count; i++)
        {
            if (i < ResumedHere)
            {
                _resume[i].Resume();
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(_resume[i], preferLocal: false);
            }
        }

        _resume.Clear();
    }

    /// <summary>Read loop: a SENDME without stream.</summary>
    public void OnSendme(ReadOnlySpan<byte> body)
    {
        lock (_circuit.SendLock)
        {
            flow.OnSendme(body, _circuit.QueuedCells);
            _turns.Distribute(_resume);
            AskReceipt();
        }
    }

    /// <summary>Read loop: SENDME, XON or XOFF for a stream.</summary>
    public void OnStreamSignal(StreamSender sender, RelayCommand command, ReadOnlySpan<byte> body)
    {
        lock (_circuit.SendLock)
        {
            sender.Flow.OnSignal(command, body);
            if (!sender.IsQueued)
            {
                sender.Wake(_resume);
            }
        }
    }

    /// <summary>A stream that had to wait by the clock may go on.</summary>
    public void Retry(StreamSender sender)
    {
        lock (_circuit.SendLock)
        {
            if (!sender.IsQueued)
            {
                sender.Wake(resume: null);
            }
        }
    }

    private void SendDataCell(StreamSender sender, ref ReadOnlySequence<byte> data, Span<byte> payload, Span<byte> tag)
    {
        var room = flow.WantsPadding ? RelayMessage.BodyMax - CircuitFlow.RandomPadding : RelayMessage.BodyMax;
        var length = (int)Math.Min(data.Length, room);
        if (data.FirstSpan.Length >= length)
        {
            RelayMessage.Write(payload, RelayCommand.Data, sender.Id, data.FirstSpan[..length], _circuit.Context.Random);
        }
        else
        {
            Span<byte> whole = stackalloc byte[RelayMessage.BodyMax];
            data.Slice(0, length).CopyTo(whole);
            RelayMessage.Write(payload, RelayCommand.Data, sender.Id, whole[..length], _circuit.Context.Random);
        }

        data = data.Slice(length);
        layer.Seal(payload, tag);
        _circuit.Forward(edge, payload, early: false);
        flow.OnDataSent(tag, RelayMessage.BodyMax - length);
        sender.Flow.OnDataSent(length);
        _turns.Used(sender);
    }

    /// <summary>Send lock: sends the empty cells that are still missing, as far as the window allows.</summary>
    private void AskReceipt()
    {
        if (_receipt is null)
        {
            return;
        }

        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        Span<byte> tag = stackalloc byte[CircuitFlow.TagSize];
        for (; _toReceipt > 0 && flow.Sendable > 0 && !_closed && _circuit.IsOpen; _toReceipt--)
        {
            RelayMessage.Write(payload, RelayCommand.Data, _lastStream, [], _circuit.Context.Random);
            layer.Seal(payload, tag);
            _circuit.Forward(edge, payload, early: false);
            flow.OnDataSent(tag, RelayMessage.BodyMax);
        }

        if (_toReceipt == 0 && flow.IsAcknowledged)
        {
            _receipt.TrySetResult();
        }
    }
}
