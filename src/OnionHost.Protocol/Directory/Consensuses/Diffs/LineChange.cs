namespace OnionHost.Protocol.Directory.Consensuses.Diffs;

/// <summary>Lines that are replaced by others, both counted from 0; either may be none.</summary>
internal readonly record struct LineChange(int OldStart, int OldCount, int NewStart, int NewCount)
{
    /// <summary>True if the other begins where this ends, in both documents.</summary>
    public bool Meets(LineChange next) => OldStart + OldCount == next.OldStart && NewStart + NewCount == next.NewStart;

    /// <summary>This and the one that begins where it ends.</summary>
    public LineChange With(LineChange next) => this with { OldCount = OldCount + next.OldCount, NewCount = NewCount + next.NewCount };
}
