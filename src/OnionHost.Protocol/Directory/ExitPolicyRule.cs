using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OnionHost.Protocol.Directory;

/// <summary>One rule of an exit policy: <c>accept|reject ADDRESS[/MASK][:PORTS]</c> (dir-spec 2.1.3).</summary>
/// <param name="IsAccept">True to open, false to refuse.</param>
/// <param name="Network">The addresses it is about; null for all of both families.</param>
/// <param name="Ports">The ports it is about.</param>
public readonly record struct ExitPolicyRule(bool IsAccept, IPNetwork? Network, PortRange Ports)
{
    /// <summary>True if the rule says something about an address of the family.</summary>
    public bool Concerns(AddressFamily family) => Network is not { } network || network.BaseAddress.AddressFamily == family;

    /// <summary>True if the rule decides about the address and port.</summary>
    public bool Matches(IPAddress address, int port) =>
        Ports.Contains(port) && (Network is not { } network || network.Contains(address));

    /// <summary>The rule as a line of a descriptor.</summary>
    public override string ToString()
    {
        var address = Network switch
        {
            null => "*",
            { BaseAddress.AddressFamily: AddressFamily.InterNetworkV6 } v6 => string.Create(CultureInfo.InvariantCulture, $"[{v6.BaseAddress}]/{v6.PrefixLength}"),
            { PrefixLength: 32 } host => host.BaseAddress.ToString(),
            { } v4 => string.Create(CultureInfo.InvariantCulture, $"{v4.BaseAddress}/{v4.PrefixLength}"),
        };
        return $"{(IsAccept ? "accept" : "reject")} {address}:{(Ports == PortRange.All ? "*" : Ports.ToString())}";
    }

    /// <summary>Reads one rule; <c>private</c> and its like become several.</summary>
    /// <exception cref="ProtocolException">It is malformed.</exception>
    internal static IEnumerable<ExitPolicyRule> Parse(string text)
    {
        var words = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var isV6 = words.Length > 0 && words[0] is "accept6" or "reject6";
        if (words.Length != 2 || words[0].TrimEnd('6') is not ("accept" or "reject"))
        {
            throw new ProtocolException("An exit policy rule is not of the form accept|reject ADDRESS:PORTS.");
        }

        var isAccept = words[0][0] == 'a';
        var split = SplitPorts(words[1]);
        if (!PortRange.TryParse(words[1].AsSpan(Math.Min(split + 1, words[1].Length)), out var ports) && split < words[1].Length)
        {
            throw new ProtocolException("An exit policy rule has wrong ports.");
        }

        ports = split < words[1].Length ? ports : PortRange.All;
        return Networks(words[1][..split], isV6).Select(network => new ExitPolicyRule(isAccept, network, ports)).ToList();
    }

    private static int SplitPorts(string pattern)
    {
        var colon = pattern.LastIndexOf(':');
        var isBareV6 = pattern[0] != '[' && pattern.IndexOf(':', StringComparison.Ordinal) != colon;
        return colon < 0 || isBareV6 || colon < pattern.LastIndexOf(']') ? pattern.Length : colon;
    }

    private static IEnumerable<IPNetwork?> Networks(string address, bool isV6) => address switch
    {
        "*" => [isV6 ? new IPNetwork(IPAddress.IPv6Any, 0) : null],
        "*4" => [new IPNetwork(IPAddress.Any, 0)],
        "*6" => [new IPNetwork(IPAddress.IPv6Any, 0)],
        "private" => PrivateNetworks.All.Where(n => !isV6 || n.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6).Cast<IPNetwork?>(),
        _ => [ParseNetwork(address)],
    };

    private static IPNetwork ParseNetwork(string text)
    {
        var slash = text.LastIndexOf('/');
        var host = slash < 0 ? text : text[..slash];
        if (host.StartsWith('[') && host.EndsWith(']') && host.Length > 2)
        {
            host = host[1..^1];
        }

        if (host.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(host, out var address))
        {
            throw new ProtocolException("An exit policy rule has a wrong address.");
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = slash < 0 ? bits : PrefixLength(text[(slash + 1)..], bits);
        return PrivateNetworks.Mask(address, length);
    }

    private static int PrefixLength(string mask, int bits)
    {
        if (byte.TryParse(mask, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= bits)
        {
            return length;
        }

        if (bits == 32 && mask.Contains('.', StringComparison.Ordinal) && IPAddress.TryParse(mask, out var dotted))
        {
            var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(dotted.GetAddressBytes());
            var ones = System.Numerics.BitOperations.LeadingZeroCount(~value);
            if (ones == System.Numerics.BitOperations.PopCount(value))
            {
                return ones;
            }
        }

        throw new ProtocolException("An exit policy rule has a wrong mask.");
    }
}
