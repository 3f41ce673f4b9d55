using System.Runtime.CompilerServices;

namespace OnionHost.Protocol.Identities;

/// <summary>32 bytes in place, the storage of an identifier.</summary>
[InlineArray(32)]
internal struct Bytes32
{
    private byte _first;
}
