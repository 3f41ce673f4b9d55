namespace OnionHost.Network.Paths;

/// <summary>Ports whose connections last, so that their circuits take Stable relays only (path-spec 2.2.2).</summary>
internal static class LongLivedPorts
{
    private static readonly HashSet<int> Ports = [21, 22, 706, 1863, 5050, 5190, 5222, 5223, 6523, 6667, 6697, 8300];

    public static bool Contains(int port) => Ports.Contains(port);
}
