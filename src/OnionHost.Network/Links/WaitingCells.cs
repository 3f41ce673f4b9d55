namespace OnionHost.Network.Links;

/// <summary>A circuit that has cells waiting for its link, and since when the oldest of them wait (a timestamp of the clock).</summary>
internal readonly record struct WaitingCells(Link Link, LinkSlot Slot, long Since);
