using OnionHost.Protocol;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Networks;

/// <summary>Which network it is: whose signatures count, whom newcomers ask, and the times that its authorities agree at.</summary>
public sealed record NetworkDescription
{
    private const string PublicNetwork = "public-network.txt";

    /// <summary>The directory authorities; at least one.</summary>
    public required IReadOnlyList<DirectoryAuthority> Authorities { get; init; }

    /// <summary>Relays that newcomers ask before the authorities; none in most private networks.</summary>
    public IReadOnlyList<FallbackDirectory> Fallbacks { get; init; } = [];

    /// <summary>How often the authorities agree; null if the description does not say.</summary>
    public TimeSpan? VotingInterval { get; init; }

    /// <summary>How long votes are collected; null if the description does not say.</summary>
    public TimeSpan? VoteDelay { get; init; }

    /// <summary>How long signatures are collected; null if the description does not say.</summary>
    public TimeSpan? DistributionDelay { get; init; }

    /// <summary>Consensus parameters that the authorities vote for.</summary>
    public IReadOnlyDictionary<string, int> Parameters { get; init; } = new Dictionary<string, int>();

    /// <summary>The day that the description is of; null if it does not say.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>True if every authority has a loopback or private address: then its relays may have such addresses too, and share a subnet.</summary>
    public bool IsPrivate => Authorities.All(authority => PrivateNetworks.Contains(authority.OrPort.Address));

    /// <summary>The public Tor network, as it was known when this was built: see <see cref="Date"/>.</summary>
    public static NetworkDescription ReadPublic()
    {
        using var stream = typeof(NetworkDescription).Assembly.GetManifestResourceStream(PublicNetwork)!;
        using var reader = new StreamReader(stream);
        return NetworkFile.Parse("of the public network", reader.ReadToEnd());
    }

    /// <summary>
    /// Reads a file: <c>DirAuthority</c> and <c>FallbackDir</c> lines of a torrc, or JSON with such lines in <c>dir_authorities</c>
    /// (and, if it has them, <c>voting</c> times in seconds and <c>consensus_params</c>).
    /// </summary>
    /// <exception cref="TorException">The file is missing, unreadable, too large, or a part of it is malformed; the message says what.</exception>
    public static NetworkDescription Read(string path) => NetworkFile.Read(path);
}
