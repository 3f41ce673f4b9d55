using System.Buffers.Binary;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cells;

/// <summary>
/// Cuts a link's bytes into cells and puts cells together (tor-spec 3). A fixed cell is circuit number, command and
/// 509 bytes; a variable one has 2 bytes of length before its payload. Circuit numbers take 4 bytes, and 2 in
/// VERSIONS and in link protocol 3.
/// </summary>
public static class CellFraming
{
    /// <summary>Payload of a fixed cell, in bytes.</summary>
    public const int PayloadSize = 509;

    /// <summary>The longest payload of a variable cell that is accepted, in bytes. Certificates take about 1500.</summary>
    public const int MaxVariablePayload = 16384;

    /// <summary>True if cells of this command carry a length.</summary>
    public static bool IsVariable(CellCommand command) => command is CellCommand.Versions or >= CellCommand.VPadding;

    /// <summary>Bytes of a whole fixed cell: 514 with circuit numbers of 4 bytes, 512 with 2.</summary>
    public static int FixedCellSize(int circuitIdSize) => circuitIdSize + 1 + PayloadSize;

    /// <summary>Bytes of a whole variable cell.</summary>
    public static int VariableCellSize(int circuitIdSize, int payloadLength) => circuitIdSize + 3 + payloadLength;

    /// <summary>Takes the first cell of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">What was received and not consumed yet.</param>
    /// <param name="circuitIdSize">2 or 4.</param>
    /// <param name="cell">The cell, in place.</param>
    /// <param name="consumed">Its length in bytes; 0 if it is not complete.</param>
    /// <returns>False if more bytes are needed.</returns>
    /// <exception cref="ProtocolException">A variable cell is longer than <see cref="MaxVariablePayload"/>.</exception>
    public static bool TryRead(Span<byte> buffer, int circuitIdSize, out Cell cell, out int consumed)
    {
        cell = default;
        consumed = 0;
        if (buffer.Length <= circuitIdSize)
        {
            return false;
        }

        var command = (CellCommand)buffer[circuitIdSize];
        var (header, length) = (circuitIdSize + 1, PayloadSize);
        if (IsVariable(command))
        {
            if (buffer.Length < header + 2)
            {
                return false;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(buffer[header..]);
            header += 2;
            if (length > MaxVariablePayload)
            {
                throw new ProtocolException($"A {command} cell of {length} bytes is longer than {MaxVariablePayload}.");
            }
        }

        if (buffer.Length < header + length)
        {
            return false;
        }

        cell = new Cell(ReadCircuit(buffer, circuitIdSize), command, buffer.Slice(header, length));
        consumed = header + length;
        return true;
    }

    /// <summary>Writes a fixed cell and pads it with zeros.</summary>
    /// <returns>Its length in bytes.</returns>
    /// <exception cref="ArgumentException">The payload is longer than 509 bytes, or the destination too short.</exception>
    public static int WriteFixed(Span<byte> destination, int circuitIdSize, CircuitId circuit, CellCommand command, ReadOnlySpan<byte> payload)
    {
        var size = FixedCellSize(circuitIdSize);
        WriteCircuit(destination, circuitIdSize, circuit);
        destination[circuitIdSize] = (byte)command;
        var body = destination[(circuitIdSize + 1)..size];
        payload.CopyTo(body);
        body[payload.Length..].Clear();
        return size;
    }

    /// <summary>Writes a variable cell.</summary>
    /// <returns>Its length in bytes.</returns>
    /// <exception cref="ArgumentException">The payload is longer than <see cref="MaxVariablePayload"/>, or the destination too short.</exception>
    public static int WriteVariable(Span<byte> destination, int circuitIdSize, CircuitId circuit, CellCommand command, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxVariablePayload)
        {
            throw new ArgumentException($"{payload.Length} bytes are too many for a cell.", nameof(payload));
        }

        WriteCircuit(destination, circuitIdSize, circuit);
        destination[circuitIdSize] = (byte)command;
        BinaryPrimitives.WriteUInt16BigEndian(destination[(circuitIdSize + 1)..], (ushort)payload.Length);
        payload.CopyTo(destination[(circuitIdSize + 3)..]);
        return VariableCellSize(circuitIdSize, payload.Length);
    }

    private static CircuitId ReadCircuit(ReadOnlySpan<byte> buffer, int size) =>
        new(size == 4 ? BinaryPrimitives.ReadUInt32BigEndian(buffer) : BinaryPrimitives.ReadUInt16BigEndian(buffer));

    private static void WriteCircuit(Span<byte> destination, int size, CircuitId circuit)
    {
        if (size == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, circuit.Value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)circuit.Value));
        }
    }
}
