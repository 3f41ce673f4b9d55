using OnionHost.Cli.Output;
using OnionHost.Network;
using OnionHost.Network.Directory;
using OnionHost.Network.Directory.Versions;

namespace OnionHost.Cli.Nodes;

/// <summary>Tells scripts that the network recommends other versions than this one; people see the warning in the log.</summary>
internal static class VersionEvents
{
    /// <summary>Begins to tell; also what was found before.</summary>
    public static void Follow(IEvents events, NetworkDirectory directory)
    {
        VersionAdvice? told = null;
        directory.Versions.Outdated += Tell;
        if (directory.Versions.Advice is { IsBad: true } advice)
        {
            Tell(advice);
        }

        void Tell(VersionAdvice advice)
        {
            if (!ReferenceEquals(Interlocked.Exchange(ref told, advice), advice))
            {
                events.Tell(
                    "outdated", string.Empty, ("version", SoftwareVersion.Number), ("standing", advice.Standing.ToString()), ("recommended", advice.Recommended));
            }
        }
    }
}
