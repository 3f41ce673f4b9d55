using Microsoft.Extensions.Logging;
using OnionHost.Network.Congestion;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>Log messages of circuits (1200 to 1299).</summary>
internal static partial class CircuitLog
{
    public static void Unexpected(EdgeCircuit circuit, RelayCommand command) => Unexpected(circuit.Logger, circuit.Number, command);

    [LoggerMessage(1201, LogLevel.Debug, "Circuit {Number} has no use for {Command}; dropped")]
    private static partial void Unexpected(ILogger logger, long number, RelayCommand command);

    [LoggerMessage(1202, LogLevel.Debug, "Circuit {Number} closes with {Reason}: {Rule}")]
    public static partial void Failed(ILogger logger, long number, DestroyReason reason, string rule);

    [LoggerMessage(1205, LogLevel.Debug, "Circuit {Number} has congestion control as {End}, with {Increment} cells for each SENDME")]
    public static partial void CongestionControl(ILogger logger, long number, FlowEnd end, byte increment);

    [LoggerMessage(1203, LogLevel.Debug, "Circuit {Number} was closed by the network with {Reason}")]
    public static partial void Destroyed(ILogger logger, long number, DestroyReason reason);
}
