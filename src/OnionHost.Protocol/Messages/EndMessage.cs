using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>END: a stream ends (tor-spec 6.3).</summary>
/// <param name="Reason">Why; a value not known here is kept as it is.</param>
/// <param name="Address">With <see cref="EndReason.ExitPolicy"/>: the address that the policy refuses.</param>
/// <param name="Ttl">How long the name holds, in seconds.</param>
public readonly record struct EndMessage(EndReason Reason, IPAddress? Address = null, uint Ttl = 0)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is empty.</exception>
    public static EndMessage Read(ref SpanReader reader)
    {
        var reason = (EndReason)reader.ReadByte();
        var size = reader.Remaining switch { >= 20 => 16, >= 4 => 4, _ => 0 };
        if (reason != EndReason.ExitPolicy || size == 0)
        {
            return new EndMessage(reason);
        }

        var address = new IPAddress(reader.ReadBytes(size));
        return new EndMessage(reason, address, reader.Remaining >= 4 ? reader.ReadUInt32() : 0);
    }

    /// <summary>Writes the body: 1, 9 or 21 bytes.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteByte((byte)Reason);
        if (Reason == EndReason.ExitPolicy && Address is not null)
        {
            Address.TryWriteBytes(writer.Reserve(Address.AddressFamily == AddressFamily.InterNetwork ? 4 : 16), out _);
            writer.WriteUInt32(Ttl);
        }
    }
}
