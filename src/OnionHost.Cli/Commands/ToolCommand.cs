using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Commands;

/// <summary>A command of the tool.</summary>
internal abstract class ToolCommand
{
    /// <summary>What a bound command does; it gives the exit code.</summary>
    public delegate Task<int> Run(ToolSession session, CancellationToken stop);

    /// <summary>The word on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One line for the list of commands.</summary>
    public abstract string Summary { get; }

    /// <summary>A command line that works.</summary>
    public abstract string Example { get; }

    /// <summary>Its options, without those of every command.</summary>
    public virtual IReadOnlyList<ToolOption> Options => [];

    /// <summary>Its arguments: name and description. All are needed.</summary>
    public virtual IReadOnlyList<(string Name, string Description)> Arguments => [];

    /// <summary>The commands under it.</summary>
    public virtual IReadOnlyList<ToolCommand> Children => [];

    /// <summary>
    /// Reads the settings; what is wrong is noted in them, and then the result is not used. Null if the command only has commands
    /// under it.
    /// </summary>
    public virtual Run? Bind(ToolSettings settings, ToolContext context) => null;
}
