using System.Runtime.CompilerServices;

namespace OnionHost.Protocol.Identities;

/// <summary>20 bytes in place, the storage of an identifier.</summary>
[InlineArray(20)]
internal struct Bytes20
{
    private byte _first;
}
