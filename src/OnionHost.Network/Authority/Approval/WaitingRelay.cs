using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Approval;

/// <summary>A relay that waits for the operator's decision.</summary>
/// <param name="Fingerprint">Its identity.</param>
/// <param name="Nickname">What it calls itself.</param>
/// <param name="OrPort">Where it says it accepts links.</param>
/// <param name="Since">When it first came.</param>
internal sealed record WaitingRelay(RelayFingerprint Fingerprint, Nickname Nickname, IPEndPoint OrPort, DateTimeOffset Since)
{
    /// <summary>The line in the file.</summary>
    public override string ToString() => $"{Fingerprint} {Nickname} {OrPort} {Since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
}
