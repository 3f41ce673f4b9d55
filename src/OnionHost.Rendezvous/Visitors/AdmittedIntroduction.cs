using OnionHost.Network.Congestion;
using OnionHost.Rendezvous.Introductions;

namespace OnionHost.Rendezvous.Visitors;

/// <summary>An introduction of a visitor who is let in.</summary>
/// <param name="Introduction">What the visitor sent.</param>
/// <param name="Keys">The keys of the introduction point that it came by.</param>
/// <param name="Visitor">What it proved.</param>
/// <param name="Congestion">Congestion control, if it asked for it; null for fixed windows.</param>
internal sealed record AdmittedIntroduction(OpenedIntroduction Introduction, IntroductionKeys Keys, Visitor Visitor, CongestionTerms? Congestion);
