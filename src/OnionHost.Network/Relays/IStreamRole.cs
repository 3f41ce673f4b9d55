using OnionHost.Network.Streams;

namespace OnionHost.Network.Relays;

/// <summary>Something that a relay does with streams: exit (BEGIN, RESOLVE), directory (BEGIN_DIR).</summary>
internal interface IStreamRole
{
    /// <summary>Takes the stream, and answers it now or later; false leaves it to the next role. On the read loop: must not block.</summary>
    bool TryBegin(RelayCircuit circuit, InboundStream stream);
}
