using OnionHost.Network.Directory;

namespace OnionHost.Network.Relays.Publication;

/// <summary>Posts a descriptor to an authority and gives its answer.</summary>
internal delegate Task<DirectoryResponse> DescriptorPost(DirectoryAuthority authority, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
