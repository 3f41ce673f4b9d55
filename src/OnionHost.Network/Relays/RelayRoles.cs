using OnionHost.Network.Links.Floods;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>What a relay does besides passing cells on. Filled before the relay starts, then only read.</summary>
internal sealed class RelayRoles : IInboundStreams
{
    private long _refusedStreams;
    private int _openCircuits;

    /// <summary>Roles that register for relay commands.</summary>
    public List<IRelayRole> Circuits { get; } = [];

    /// <summary>Roles that take streams; the first that wants one gets it.</summary>
    public List<IStreamRole> Streams { get; } = [];

    /// <summary>How many streams one circuit may open; null for any number.</summary>
    public Func<FloodLimits>? Limits { get; set; }

    /// <summary>Streams that were refused because their circuit opens too many.</summary>
    public long RefusedStreams => Volatile.Read(ref _refusedStreams);

    /// <summary>Circuits that others made through us and that are open.</summary>
    public int OpenCircuits => Volatile.Read(ref _openCircuits);

    /// <summary>A circuit was attached to its link.</summary>
    public void OnOpened() => Interlocked.Increment(ref _openCircuits);

    /// <summary>A circuit closed.</summary>
    public void OnClosed() => Interlocked.Decrement(ref _openCircuits);

    public void OnBegin(InboundStream stream)
    {
        var circuit = (RelayCircuit)stream.Edge.Circuit;
        if (stream.Command != RelayCommand.BeginDir && Limits?.Invoke() is { LimitsStreams: true } limits && limits.StreamDefence != StreamDefence.None
            && !circuit.TrySpendStream(limits))
        {
            Refuse(circuit, stream, limits.StreamDefence);
            return;
        }

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

    private void Refuse(RelayCircuit circuit, InboundStream stream, StreamDefence defence)
    {
        Interlocked.Increment(ref _refusedStreams);
        stream.Refuse(EndReason.ResourceLimit);
        if (defence == StreamDefence.CloseCircuit)
        {
            circuit.Close(DestroyReason.ResourceLimit);
        }
    }
}
