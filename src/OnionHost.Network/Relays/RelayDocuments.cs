using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Relays;

/// <summary>What a relay uploads: its descriptor, and the extra-info that the descriptor names.</summary>
internal sealed record RelayDocuments(ServerDescriptor Descriptor, ExtraInfo? ExtraInfo = null)
{
    /// <summary>Both, one after the other, as authorities take them.</summary>
    public ReadOnlyMemory<byte> ToUpload() => ExtraInfo is { } extra ? (byte[])[.. Descriptor.Bytes.Span, .. extra.Bytes.Span] : Descriptor.Bytes;
}
