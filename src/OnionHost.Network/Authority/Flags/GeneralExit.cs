using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Flags;

/// <summary>Whether a relay lets general traffic out (dir-spec 3.4.2): to ports 80 and 443 of at least one /8 network.</summary>
internal static class GeneralExit
{
    /// <summary>Decides by the policy.</summary>
    public static bool Is(ExitPolicy policy) => Opens(policy, 80) && Opens(policy, 443);

    private static bool Opens(ExitPolicy policy, int port)
    {
        for (var block = 1; block < 224; block++)
        {
            if (block is not (10 or 127) && OpensBlock(policy, (byte)block, port))
            {
                return true;
            }
        }

        return false;
    }

    private static bool OpensBlock(ExitPolicy policy, byte block, int port)
    {
        foreach (var rule in policy.Rules)
        {
            if (!rule.Ports.Contains(port) || !rule.Concerns(AddressFamily.InterNetwork))
            {
                continue;
            }

            if (rule.Network is not { } network || (network.PrefixLength <= 8 && network.Contains(new IPAddress([block, 0, 0, 0]))))
            {
                return rule.IsAccept;
            }

            // A refused part spoils the block, an opened part does not make it.
            if (!rule.IsAccept && network.PrefixLength > 8 && network.BaseAddress.GetAddressBytes()[0] == block)
            {
                return false;
            }
        }

        return false;
    }
}
