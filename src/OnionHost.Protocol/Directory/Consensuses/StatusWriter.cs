using System.Globalization;
using OnionHost.Protocol.Directory.SharedRandom;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>Lines that votes and consensuses write alike (dir-spec 3.4.1).</summary>
internal static class StatusWriter
{
    /// <summary>The <c>dir-source</c> line.</summary>
    public static void Authority(DocumentWriter writer, ConsensusAuthority authority) =>
        writer.Line(
            "dir-source",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{authority.Nickname} {authority.Identity} {authority.Host} {authority.Address} {authority.DirPort} {authority.OrPort}"));

    /// <summary>The two shared random values, those that are known.</summary>
    public static void SharedRandom(DocumentWriter writer, SharedRandomValue? previous, SharedRandomValue? current)
    {
        if (previous is { } before)
        {
            writer.Line("shared-rand-previous-value", before.ToString());
        }

        if (current is { } now)
        {
            writer.Line("shared-rand-current-value", now.ToString());
        }
    }

    /// <summary>The <c>s</c> line.</summary>
    public static void Flags(DocumentWriter writer, IEnumerable<string> flags) => writer.Line("s", string.Join(' ', flags));
}
