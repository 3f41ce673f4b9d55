using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cells;

/// <summary>One cell, in place in the buffer it was read into (tor-spec 3).</summary>
public readonly ref struct Cell
{
    /// <summary>Points at a cell.</summary>
    public Cell(CircuitId circuit, CellCommand command, Span<byte> payload)
    {
        Circuit = circuit;
        Command = command;
        Payload = payload;
    }

    /// <summary>The circuit it belongs to; <see cref="CircuitId.None"/> is the link.</summary>
    public CircuitId Circuit { get; }

    /// <summary>What it is for.</summary>
    public CellCommand Command { get; }

    /// <summary>509 bytes, or what a variable cell's length field says. Whoever handles the cell may change them.</summary>
    public Span<byte> Payload { get; }
}
