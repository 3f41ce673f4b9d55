using System.Globalization;
using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Approval;

/// <summary>The relays that have uploaded a descriptor and wait for the operator: <c>waiting-relays</c>, a line each. Bounded.</summary>
internal sealed class WaitingFile(AuthorityFiles files)
{
    /// <summary>The most relays that are remembered.</summary>
    public const int MostRelays = 1000;

    private const string Name = "waiting-relays";

    /// <summary>All of them; malformed lines are left out.</summary>
    public IReadOnlyList<WaitingRelay> Read() =>
        [.. (files.Read(Name) ?? string.Empty).Split('\n').Select(Parse).OfType<WaitingRelay>().Take(MostRelays)];

    /// <summary>Replaces all.</summary>
    public void Write(IEnumerable<WaitingRelay> relays) => files.Write(Name, string.Concat(relays.Take(MostRelays).Select(relay => relay + "\n")));

    private static WaitingRelay? Parse(string line)
    {
        var words = line.Split(' ');
        return words.Length == 4
            && RelayFingerprint.TryParse(words[0], out var fingerprint)
            && Nickname.TryParse(words[1], out var nickname)
            && IPEndPoint.TryParse(words[2], out var address)
            && DateTimeOffset.TryParse(words[3], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
                ? new WaitingRelay(fingerprint, nickname, address, since)
                : null;
    }
}
