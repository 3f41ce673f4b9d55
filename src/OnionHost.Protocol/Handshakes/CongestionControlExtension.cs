using System.Collections.Immutable;

namespace OnionHost.Protocol.Handshakes;

/// <summary>How congestion control is agreed on in an ntor-v3 handshake (proposal 324, section 9): the client asks, the relay grants.</summary>
public static class CongestionControlExtension
{
    /// <summary>What a client says that wants it; no data.</summary>
    public static NtorV3Extension Request { get; } = new(NtorV3ExtensionType.CongestionControlRequest, ReadOnlyMemory<byte>.Empty);

    /// <summary>What a relay says that grants it.</summary>
    /// <param name="sendmeIncrement">DATA cells for each SENDME, 1 to 254.</param>
    public static NtorV3Extension Grant(byte sendmeIncrement) =>
        new(NtorV3ExtensionType.CongestionControlResponse, new[] { sendmeIncrement });

    /// <summary>True if a client asks for it. Data that a later protocol may put into the request is ignored.</summary>
    public static bool IsRequested(ImmutableArray<NtorV3Extension> extensions) =>
        extensions.Any(extension => extension.Type == NtorV3ExtensionType.CongestionControlRequest);

    /// <summary>DATA cells for each SENDME, if a relay grants it; null if it does not.</summary>
    /// <exception cref="ProtocolException">The grant is not one byte, or zero.</exception>
    public static byte? Granted(ImmutableArray<NtorV3Extension> extensions)
    {
        foreach (var extension in extensions)
        {
            if (extension.Type == NtorV3ExtensionType.CongestionControlResponse)
            {
                return extension.Data.Length == 1 && extension.Data.Span[0] is > 0 and var increment
                    ? increment
                    : throw new ProtocolException("A relay grants congestion control with a malformed increment.");
            }
        }

        return null;
    }
}
