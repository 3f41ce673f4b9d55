namespace OnionHost.Network.Paths;

/// <summary>A relay's place on a circuit: bandwidth counts differently in each (dir-spec 3.8.3).</summary>
internal enum PathPosition
{
    Guard,
    Middle,
    Exit,
}
