using System.Net;

namespace OnionHost.Protocol.Messages;

/// <summary>One answer in RESOLVED (tor-spec 6.4).</summary>
/// <param name="Type">What it is; kinds not known here are kept.</param>
/// <param name="Value">Its bytes, at most 255.</param>
/// <param name="Ttl">How long it holds, in seconds.</param>
public readonly record struct ResolvedAnswer(ResolvedType Type, ReadOnlyMemory<byte> Value, uint Ttl)
{
    /// <summary>An address.</summary>
    public static ResolvedAnswer FromAddress(IPAddress address, uint ttl)
    {
        ArgumentNullException.ThrowIfNull(address);
        var bytes = address.GetAddressBytes();
        return new ResolvedAnswer(bytes.Length == 4 ? ResolvedType.IPv4 : ResolvedType.IPv6, bytes, ttl);
    }

    /// <summary>A name, the answer of a reverse lookup.</summary>
    public static ResolvedAnswer FromHostName(string name, uint ttl) =>
        new(ResolvedType.HostName, System.Text.Encoding.ASCII.GetBytes(name), ttl);

    /// <summary>The address; null for other kinds.</summary>
    public IPAddress? Address => (Type, Value.Length) is (ResolvedType.IPv4, 4) or (ResolvedType.IPv6, 16) ? new IPAddress(Value.Span) : null;

    /// <summary>The name; null for other kinds.</summary>
    public string? HostName => Type == ResolvedType.HostName ? System.Text.Encoding.ASCII.GetString(Value.Span) : null;
}
