using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Paths;

/// <summary>Makes views of networks that never were, relay by relay.</summary>
internal static class SmallConsensus
{
    public const RelayFlags Everything = RelayFlags.Running | RelayFlags.Valid | RelayFlags.Fast | RelayFlags.Stable
        | RelayFlags.Guard | RelayFlags.V2Dir | RelayFlags.HSDir;

    /// <summary>A view with these relays. Weights such as <c>Wgg=5000 Wmd=0</c>; null: no weights at all.</summary>
    public static NetworkView View(IEnumerable<RelayNode> relays, string? weights = null)
    {
        var text = Vectors.Text("fixtures/consensus-microdesc.txt");
        text = Regex.Replace(text, "\nbandwidth-weights [^\n]*", weights is null ? string.Empty : "\nbandwidth-weights " + weights);
        var consensus = Consensus.Parse(Encoding.Latin1.GetBytes(text));
        return new NetworkView(consensus, [.. relays.OrderBy(r => r.Fingerprint)], hasEnough: true);
    }

    /// <summary>A relay. Each number has its own /16, key and fingerprint.</summary>
    public static RelayNode Relay(
        int number,
        RelayFlags flags = Everything,
        uint bandwidth = 1000,
        string? address = null,
        string exitPolicy = "reject 1-65535",
        string? family = null)
    {
        var key = Convert.ToBase64String(Enumerable.Repeat((byte)number, 31).Prepend((byte)9).ToArray()).TrimEnd('=');
        var identity = Convert.ToBase64String(Enumerable.Repeat((byte)number, 31).Prepend((byte)7).ToArray()).TrimEnd('=');
        var micro = $"onion-key\n{Rsa}ntor-onion-key {key}\n"
            + (family is null ? string.Empty : $"family {family}\n")
            + $"p {exitPolicy}\nid ed25519 {identity}\n";
        var status = new ConsensusRelay
        {
            Nickname = Nickname.Parse($"r{number}"),
            Fingerprint = Fingerprint(number),
            Address = address is null ? new IPAddress([(byte)(11 + (number / 200)), (byte)(number % 200), 0, 1]) : IPAddress.Parse(address),
            OrPort = 9001,
            Flags = flags,
            Bandwidth = bandwidth,
        };
        return new RelayNode(status, Microdescriptor.Parse(Encoding.ASCII.GetBytes(micro)));
    }

    /// <summary>A relay in memory. Guards are never exits here, so that every exit can be behind every guard.</summary>
    public static RelayNode Relay(Circuits.MemoryRelay relay, bool isExit)
    {
        var micro = $"onion-key\n{Rsa}ntor-onion-key {relay.Hop.OnionKey}\n{(isExit ? "p accept 80,443\n" : string.Empty)}id ed25519 {relay.Identity}\n";
        var status = new ConsensusRelay
        {
            Nickname = Nickname.Parse("memory"),
            Fingerprint = relay.Fingerprint,
            Address = Protocol.Messages.LinkSpecifiers.EndPoints(relay.Hop.Specifiers)[0].Address,
            OrPort = 9001,
            Flags = isExit ? (Everything & ~RelayFlags.Guard) | RelayFlags.Exit : Everything,
            Bandwidth = 1000,
        };
        return new RelayNode(status, Microdescriptor.Parse(Encoding.ASCII.GetBytes(micro)));
    }

    public static RelayNode Exit(int number, string policy = "accept 1-65535", uint bandwidth = 1000) =>
        Relay(number, Everything | RelayFlags.Exit, bandwidth, exitPolicy: policy);

    public static RelayFingerprint Fingerprint(int number)
    {
        var bytes = new byte[20];
        bytes[0] = (byte)(number >> 8);
        bytes[1] = (byte)number;
        bytes[19] = 1;
        return new RelayFingerprint(bytes);
    }

    private static string Rsa
    {
        get
        {
            var text = Vectors.Text("fixtures/microdescs.txt");
            var from = text.IndexOf("-----BEGIN", StringComparison.Ordinal);
            const string Last = "-----END RSA PUBLIC KEY-----\n";
            return text[from..(text.IndexOf(Last, from, StringComparison.Ordinal) + Last.Length)];
        }
    }
}
