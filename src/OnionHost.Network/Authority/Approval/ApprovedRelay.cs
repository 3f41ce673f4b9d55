using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Approval;

/// <summary>A decision of the operator.</summary>
/// <param name="Fingerprint">Which relay.</param>
/// <param name="Approval">What was decided.</param>
/// <param name="Nickname">What it calls itself, for people; null if nobody noted it.</param>
internal sealed record ApprovedRelay(RelayFingerprint Fingerprint, RelayApproval Approval, Nickname? Nickname)
{
    /// <summary>The line in the file.</summary>
    public override string ToString() => $"{(Approval == RelayApproval.Approved ? "approve" : "reject")} {Fingerprint} {Nickname}".TrimEnd();
}
