namespace OnionHost.LocalNetwork;

/// <summary>A step on the way up.</summary>
/// <param name="Step">What was just done, for people.</param>
/// <param name="Percent">How far the network is, 0 to 100.</param>
public readonly record struct PrivateNetworkProgress(string Step, int Percent);
