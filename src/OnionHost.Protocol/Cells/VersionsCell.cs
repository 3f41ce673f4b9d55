using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>VERSIONS: the link protocols that a side speaks (tor-spec 4.1).</summary>
/// <param name="Versions">Their numbers; 3, 4 and 5 exist today.</param>
public readonly record struct VersionsCell(ImmutableArray<ushort> Versions)
{
    /// <summary>Reads the payload.</summary>
    /// <exception cref="ProtocolException">Its length is odd.</exception>
    public static VersionsCell Read(ref SpanReader reader)
    {
        var versions = ImmutableArray.CreateBuilder<ushort>(reader.Remaining / 2);
        while (!reader.IsAtEnd)
        {
            versions.Add(reader.ReadUInt16());
        }

        return new VersionsCell(versions.ToImmutable());
    }

    /// <summary>Writes the payload: 2 bytes a version.</summary>
    public void Write(ref SpanWriter writer)
    {
        foreach (var version in Versions)
        {
            writer.WriteUInt16(version);
        }
    }

    /// <summary>The highest version that both lists hold; null if there is none.</summary>
    public ushort? HighestCommon(ImmutableArray<ushort> others)
    {
        ushort? best = null;
        foreach (var version in Versions)
        {
            if (others.Contains(version) && version >= (best ?? 0))
            {
                best = version;
            }
        }

        return best;
    }
}
