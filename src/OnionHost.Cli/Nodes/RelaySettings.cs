using System.Net;
using OnionHost.Cli.Networks;
using OnionHost.Cli.Settings;
using OnionHost.Network.Relays;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.Cli.Nodes;

/// <summary>What a relay, or the relay beneath an authority, is told.</summary>
internal sealed record RelaySettings
{
    /// <summary>Which network it joins.</summary>
    public required NetworkChoice Network { get; init; }

    /// <summary>Its name.</summary>
    public required Nickname Nickname { get; init; }

    /// <summary>Where others reach it.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Where it listens; null for where others reach it.</summary>
    public IPAddress? Listen { get; init; }

    /// <summary>Its port for links.</summary>
    public int OrPort { get; init; }

    /// <summary>Its port for directory requests; null for none.</summary>
    public int? DirPort { get; init; }

    /// <summary>Who runs it.</summary>
    public string Contact { get; init; } = string.Empty;

    /// <summary>What it connects to for clients.</summary>
    public ExitPolicy Policy { get; init; } = ExitPolicy.RejectAll;

    /// <summary>How much it takes.</summary>
    public required RelayLimits Limits { get; init; }

    /// <summary>The options that every relay has.</summary>
    public static IReadOnlyList<ToolOption> Options { get; } =
    [
        Settings.Options.Network, Settings.Options.Data, Settings.Options.Nickname, Settings.Options.OrPort, Settings.Options.DirPort,
        Settings.Options.Address, Settings.Options.Listen, Settings.Options.Contact, Settings.Options.ExitPolicy, Settings.Options.Wait,
        .. RelayLimits.Options,
    ];

    /// <summary>Reads the options; null if there is no network, which is noted as a fault.</summary>
    public static RelaySettings? Read(ToolSettings settings, int usualOrPort)
    {
        var network = NetworkChoice.Read(settings);
        var relay = new RelaySettings
        {
            Network = network!,
            Nickname = ReadNickname(settings, "unnamed"),
            Address = ReadAddress(settings, network is null || network.Description.IsPrivate),
            Listen = settings.Read<IPAddress?>(Settings.Options.Listen, null, static (string text, out IPAddress? address) => IPAddress.TryParse(text, out address)),
            OrPort = settings.Read(Settings.Options.OrPort, usualOrPort, Parsers.Port),
            DirPort = settings.Text(Settings.Options.DirPort) is null ? null : settings.Read(Settings.Options.DirPort, 0, Parsers.Port),
            Contact = ReadContact(settings),
            Policy = settings.Read(Settings.Options.ExitPolicy, ExitPolicy.RejectAll, Policies),
            Limits = RelayLimits.Read(settings),
        };
        return network is null ? null : relay;
    }

    /// <summary>Reads a nickname.</summary>
    public static Nickname ReadNickname(ToolSettings settings, string usual) =>
        settings.Read(Settings.Options.Nickname, Nickname.Parse(usual), static (string text, out Nickname name) => Nickname.TryParse(text, out name));

    /// <summary>Reads the address that others use; a network on this machine has a usual one.</summary>
    public static IPAddress ReadAddress(ToolSettings settings, bool isPrivate)
    {
        var address = settings.Read(Settings.Options.Address, IPAddress.None, Parsers.Address);
        if (settings.Text(Settings.Options.Address) is null && !isPrivate)
        {
            settings.Fault(Settings.Options.Address, "it is missing. In the public network it takes the public IP address of this machine.");
        }

        return address.Equals(IPAddress.None) ? IPAddress.Loopback : address;
    }

    /// <summary>The server that these settings make.</summary>
    public RelayServerOptions ToOptions(string data, bool isAuthority) => new()
    {
        Relay = Limits.ApplyTo(new RelayOptions(Nickname, new IPEndPoint(ListenAddress, OrPort))
        {
            AdvertisedAddress = Address,
            AllowPrivateAddresses = Network.Description.IsPrivate,
            Contact = Contact,
            IsHsDir = !isAuthority,
            Policy = Policy,
        }),

        // Stock tor warns of TLS certificates with other keys than RSA.
        LinkLeaf = LinkLeafKind.Rsa,
        DataDirectory = data,
        DirListen = DirPort is { } port ? new IPEndPoint(ListenAddress, port) : null,
    };

    // Behind a translated address a relay listens on everything; on this machine alone, only there.
    private IPAddress ListenAddress => Listen ?? (PrivateNetworks.Contains(Address) ? Address : IPAddress.Any);

    private static bool Policies(string text, out ExitPolicy policy)
    {
        policy = ExitPolicy.RejectAll;
        try
        {
            var isKind = Enum.TryParse<ExitKind>(text, ignoreCase: true, out var kind) && Enum.IsDefined(kind);
            policy = isKind ? ExitPolicy.Of(kind) : ExitPolicy.Parse(text);
            return policy.Rules.Length > 0;
        }
        catch (ProtocolException)
        {
            return false;
        }
    }

    private static string ReadContact(ToolSettings settings)
    {
        var contact = settings.Text(Settings.Options.Contact) ?? string.Empty;
        if (contact.Any(char.IsControl))
        {
            settings.Fault(Settings.Options.Contact, "it has more than one line. It takes one line of text.");
        }

        return contact;
    }
}
