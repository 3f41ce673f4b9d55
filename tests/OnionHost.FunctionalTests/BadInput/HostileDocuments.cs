using System.Globalization;
using System.Text;
using OnionHost.Dht.Descriptors;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>Directory requests and documents that authorities, caches and HSDirs take, changed.</summary>
internal sealed class HostileDocuments
{
    private static readonly string[] Paths =
    [
        "/tor/status-vote/current/consensus", "/tor/status-vote/current/consensus-microdesc.z", "/tor/status-vote/next/authority",
        "/tor/status-vote/next/consensus-signatures", "/tor/status-vote/current/d/", "/tor/server/all", "/tor/server/fp/", "/tor/server/d/",
        "/tor/extra/all", "/tor/extra/d/", "/tor/micro/d/", "/tor/keys/all", "/tor/keys/fp-sk/", "/tor/hs/3/", "/tor/rendezvous2/", "/",
    ];

    private readonly (string Path, byte[] Body)[] _posts;

    public HostileDocuments(BesiegedNetwork network)
    {
        var documents = network.Relay.Relay.Describe();
        var voting = network.Authority.Voting;
        var voted = voting.Last!;

        // A round that votes and signatures are taken for, once they are sound so far.
        voting.BeginRound(voting.Schedule.Next(network.Context.Now));
        _posts =
        [
            ("/tor/", documents.Descriptor.Bytes.ToArray()),
            ("/tor/", documents.ToUpload().ToArray()),
            ("/tor/", documents.ExtraInfo!.Bytes.ToArray()),
            ("/tor/post/vote", voted.Votes[0].Document.ToArray()),
            ("/tor/post/consensus-signature", Encoding.ASCII.GetBytes(voted.Pending!.Detached().ToString())),
            ("/tor/post/vote", Encoding.ASCII.GetBytes(voted.Pending.Text(ConsensusFlavor.Ns)!)),
            OnionDescriptor(network),
        ];
    }

    /// <summary>A whole request, in which something was changed.</summary>
    public byte[] Request(Mutator mutator)
    {
        var other = mutator.Pick(_posts).Body;
        if (mutator.Chance(30))
        {
            var path = mutator.Pick(Paths);
            path += path.EndsWith('/') ? Convert.ToHexString(mutator.Bytes(20)) : string.Empty;
            return mutator.MutateText(
                Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept-Encoding: x-zstd, deflate\r\nX-Or-Diff-From-Consensus: {Convert.ToHexString(mutator.Bytes(32))}\r\n\r\n"), other);
        }

        var (to, body) = mutator.Pick(_posts);
        body = mutator.MutateText(body, other);
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"POST {to} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: {body.Length}\r\n\r\n"));
        return [.. mutator.Chance(10) ? mutator.MutateText(head, other) : head, .. body];
    }

    private static (string Path, byte[] Body) OnionDescriptor(BesiegedNetwork network)
    {
        var random = SystemRandomSource.Instance;
        using var identity = Ed25519KeyPair.Generate(random);
        using var keys = DescriptorKeys.Create(identity.Expand(), new TimePeriod(20000, 1440), random);
        var text = DescriptorEncoder.Encode(new OnionDescriptor(), keys, 1, [], network.Context);
        return ("/tor/hs/3/publish", Encoding.ASCII.GetBytes(text));
    }
}
