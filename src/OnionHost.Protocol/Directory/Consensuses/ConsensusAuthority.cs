using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>An authority whose vote went into a consensus: <c>dir-source</c>, <c>contact</c> and <c>vote-digest</c> (dir-spec 3.4.1).</summary>
/// <param name="Nickname">Its nickname.</param>
/// <param name="Identity">SHA-1 of its v3 identity key, 20 bytes.</param>
/// <param name="Host">Its host name, or its address again.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="DirPort">Its directory port.</param>
/// <param name="OrPort">Its OR port.</param>
/// <param name="Contact">How to reach who runs it.</param>
/// <param name="VoteDigest">SHA-1 of its vote, 20 bytes; null in a vote itself.</param>
public sealed record ConsensusAuthority(
    string Nickname,
    RelayFingerprint Identity,
    string Host,
    IPAddress Address,
    ushort DirPort,
    ushort OrPort,
    string Contact,
    Digest160? VoteDigest);
