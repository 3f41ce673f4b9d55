using System.Globalization;
using System.Net;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

/// <summary>A network on paper: authorities that sign whatever consensus a test wants, and a directory that serves it.</summary>
internal sealed class SmallNetwork : IDirectorySource
{
    private readonly List<(RsaKeyPair Identity, RsaKeyPair Signing, AuthorityCertificate Certificate)> _authorities = [];
    private readonly List<string> _requests = [];
    private DirectoryCacheResource _resource;

    public SmallNetwork(ManualTimeProvider clock, int authorities = 3)
    {
        Clock = clock;
        Context = new NodeContext(clock, SystemRandomSource.Instance, Warnings);
        Served = new DirectoryStore(Context) { OldConsensuses = 3 };
        _resource = new DirectoryCacheResource(Context, Served);
        for (var i = 0; i < authorities; i++)
        {
            var (identity, signing) = (RsaKeyPair.Generate(1024), RsaKeyPair.Generate(1024));
            var certificate = AuthorityCertificate.Create(identity, signing, Context.Now.AddDays(-1), Context.Now.AddDays(60));
            _authorities.Add((identity, signing, certificate));
            Served.AddCertificate(certificate);
        }
    }

    public ManualTimeProvider Clock { get; }

    public NodeContext Context { get; }

    /// <summary>What those who use this network tell their operators.</summary>
    public Warnings Warnings { get; } = new();

    /// <summary>The versions that the authorities recommend.</summary>
    public (string Clients, string Servers) Versions { get; set; } = (string.Empty, string.Empty);

    /// <summary>What the directory has.</summary>
    public DirectoryStore Served { get; private set; }

    public IReadOnlyList<DirectoryAuthority> Authorities =>
        [.. _authorities.Select(a => new DirectoryAuthority(
            Nickname.Parse("auth"), a.Identity.Public.Fingerprint, a.Signing.Public.Fingerprint, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)))];

    /// <summary>The paths that were asked for.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>What the directory gave last when it was asked for a consensus.</summary>
    public DirectoryResponse? LastConsensusAnswer { get; private set; }

    /// <summary>Answers instead of the directory, if it gives something else than null.</summary>
    public Func<string, DirectoryResponse?>? Intercept { get; set; }

    /// <summary>What the directory says the time is.</summary>
    public DateTimeOffset? Date { get; set; }

    public static TimeSpan Interval { get; } = TimeSpan.FromHours(1);

    /// <summary>Makes relays, and the microdescriptors that go with them.</summary>
    public static IReadOnlyList<(ConsensusRelay Relay, Microdescriptor Micro)> MakeRelays(int count, RelayFlags flags = RelayFlags.Exit | RelayFlags.Guard)
    {
        var relays = new List<(ConsensusRelay, Microdescriptor)>();
        for (var i = 0; i < count; i++)
        {
            var micro = Microdescriptor.Parse(new DocumentWriter()
                .Line("onion-key")
                .Line("ntor-onion-key", new Curve25519PublicKey(SystemRandomSource.Instance.Bytes(32)).ToString())
                .Line("id", "ed25519", new Ed25519Identity(SystemRandomSource.Instance.Bytes(32)).ToString()).ToBytes());
            relays.Add((new ConsensusRelay
            {
                Nickname = Nickname.Parse("relay"),
                Fingerprint = new RelayFingerprint(SystemRandomSource.Instance.Bytes(20)),
                Address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i + 1}")),
                OrPort = 9001,
                Flags = flags | RelayFlags.Running | RelayFlags.Valid,
                MicrodescriptorDigest = micro.Digest,
                Bandwidth = 100,
            }, micro));
        }

        return [.. relays.OrderBy(r => r.Item1.Fingerprint)];
    }

    /// <summary>A client's directory that asks this network.</summary>
    /// <param name="folder">Where it keeps what it learnt; null: nowhere.</param>
    public NetworkDirectory MakeDirectory(string? folder = null) =>
        new(Context, new NetworkDirectoryOptions { Authorities = Authorities, DataDirectory = folder }, this);

    /// <summary>Makes a consensus that the first <paramref name="signers"/> authorities sign.</summary>
    public Consensus MakeConsensus(
        DateTimeOffset validAfter, IEnumerable<ConsensusRelay> relays, TimeSpan? interval = null, int signers = 3, ConsensusFlavor flavor = ConsensusFlavor.Microdesc)
    {
        var step = interval ?? Interval;
        var writer = new DocumentWriter()
            .Line("network-status-version", flavor == ConsensusFlavor.Microdesc ? ["3", "microdesc"] : ["3"])
            .Line("vote-status", "consensus").Line("consensus-method", "33")
            .Line("valid-after", DocumentTime.Format(validAfter))
            .Line("fresh-until", DocumentTime.Format(validAfter + step))
            .Line("valid-until", DocumentTime.Format(validAfter + (3 * step)))
            .Line("voting-delay", "2", "2").Line("client-versions", Versions.Clients).Line("server-versions", Versions.Servers)
            .Line("known-flags", [.. RelayFlagNames.All])
            .Line("params", "bwweightscale=10000");
        foreach (var relay in relays)
        {
            Write(writer, relay, flavor);
        }

        var text = writer.Line("directory-footer").ToString();
        var signatures = _authorities.Take(signers).Select(a => ConsensusSigner.Sign(text, flavor, a.Identity.Public.Fingerprint, a.Signing));
        return Consensus.Parse(ConsensusSigner.Attach(text, flavor, signatures));
    }

    /// <summary>Makes the directory serve a consensus with its microdescriptors.</summary>
    public Consensus Publish(DateTimeOffset validAfter, IReadOnlyList<(ConsensusRelay Relay, Microdescriptor Micro)> relays, TimeSpan? interval = null, int signers = 3)
    {
        foreach (var (_, micro) in relays)
        {
            Served.AddMicrodescriptor(micro);
        }

        var consensus = MakeConsensus(validAfter, relays.Select(r => r.Relay), interval, signers);
        Served.SetConsensus(consensus);
        return consensus;
    }

    /// <summary>The directory forgets everything.</summary>
    public void Forget()
    {
        Served = new DirectoryStore(Context) { OldConsensuses = 3 };
        _resource = new DirectoryCacheResource(Context, Served);
        _authorities.ForEach(a => Served.AddCertificate(a.Certificate));
    }

    public async Task<DirectoryResponse> GetAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        lock (_requests)
        {
            _requests.Add(path);
        }

        var request = new DirectoryRequest("GET", path, headers ?? DirectoryResponse.NoHeaders, default, false, null);
        var response = Intercept?.Invoke(path) ?? await _resource.TryHandleAsync(request, ct) ?? DirectoryResponse.NotFound();
        LastConsensusAnswer = path.Contains("/consensus", StringComparison.Ordinal) ? response : LastConsensusAnswer;
        return Date is { } date ? response.With("Date", date.ToString("R", CultureInfo.InvariantCulture)) : response;
    }

    private static void Write(DocumentWriter writer, ConsensusRelay relay, ConsensusFlavor flavor)
    {
        string[] digest = flavor == ConsensusFlavor.Ns ? [Convert.ToBase64String(relay.DescriptorDigest!.Value.Span).TrimEnd('=')] : [];
        writer.Line("r", [
            relay.Nickname.ToString(), Convert.ToBase64String(relay.Fingerprint.Span).TrimEnd('='), .. digest, "2038-01-01 00:00:00",
            relay.Address.ToString(), relay.OrPort.ToString(CultureInfo.InvariantCulture), "0"]);
        if (flavor == ConsensusFlavor.Microdesc)
        {
            writer.Line("m", relay.MicrodescriptorDigest!.Value.ToString());
        }

        writer.Line("s", RelayFlagNames.Format(relay.Flags)).Line("pr", "Relay=1-4")
            .Line("w", string.Create(CultureInfo.InvariantCulture, $"Bandwidth={relay.Bandwidth}"));
    }
}
