using OnionHost.Network.Congestion;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Publishing;
using OnionHost.Rendezvous.Visitors;

namespace OnionHost.Rendezvous.Services;

/// <summary>What a service needs of the network.</summary>
/// <param name="Introductions">Opens introduction points.</param>
/// <param name="Meeting">Goes to rendezvous points.</param>
/// <param name="Board">Takes descriptors.</param>
/// <param name="Congestion">What the network says at the moment about congestion control; null if it wants fixed windows.</param>
internal sealed record ServiceNetwork(
    IIntroductionCircuits Introductions, IVisitorMeeting Meeting, IDescriptorBoard Board, Func<CongestionParameters?> Congestion);
