using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace OnionHost.ArchitectureTests;

/// <summary>Rules over the source text: banned calls, folder names, sizes, mutable statics.</summary>
public sealed partial class SourceRuleTests(ITestOutputHelper output)
{
    /// <summary>The one place that draws from the system, behind <c>IRandomSource</c>.</summary>
    private const string SystemRandomness = "SystemRandomSource.cs";

    /// <summary>What waits in a link's batch belongs to one thread and one scope that cannot cross an await.</summary>
    private const string ThreadBatch = "LinkBatch.cs";

    private static readonly string[] BannedFolders = ["Helpers", "Utils", "Common", "Models", "Misc", "Managers"];

    [Fact]
    public void Nothing_under_src_suppresses_the_banned_APIs()
    {
        var offenders = Repository.Sources("src").Where(file =>
            Path.GetFileName(file) != SystemRandomness && File.ReadAllText(file).Contains("RS0030", StringComparison.Ordinal));
        Assert.Empty(offenders);
    }

    [Fact]
    public void The_banned_APIs_are_banned_in_every_project()
    {
        var banned = File.ReadAllText(Repository.Path("BannedSymbols.txt"));
        Assert.Contains("DateTime.UtcNow", banned, StringComparison.Ordinal);
        Assert.Contains("Task.Delay", banned, StringComparison.Ordinal);
        Assert.Contains("BannedSymbols.txt", File.ReadAllText(Repository.Path("src/Directory.Build.props")), StringComparison.Ordinal);
        foreach (var file in Repository.Sources("src").Where(file => BannedCall().IsMatch(StripComments(File.ReadAllText(file)))))
        {
            Assert.Fail($"{file} reads a clock, sleeps or draws randomness that it was not given.");
        }
    }

    [Fact]
    public void Folders_are_named_by_the_domain()
    {
        var offenders = Repository.Sources("src").Where(file => BannedFolders.Any(name =>
            file.Contains($"{Path.DirectorySeparatorChar}{name}{Path.DirectorySeparatorChar}", StringComparison.Ordinal)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void There_are_no_mutable_statics()
    {
        var offenders = from file in Repository.Sources("src")
                        from line in File.ReadLines(file)
                        where MutableStatic().IsMatch(line) && Path.GetFileName(file) != ThreadBatch
                        select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void Nothing_is_left_unbuilt()
    {
        var offenders = Repository.Sources("src").Concat(Repository.Sources("samples"))
            .Where(file => Unbuilt().IsMatch(File.ReadAllText(file)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Every_kind_of_log_line_has_a_number_of_its_own()
    {
        var numbers = Repository.Sources("src").SelectMany(file => LogNumber().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(numbers);
        Assert.Empty(numbers.GroupBy(number => number).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public void Files_stay_small()
    {
        var sizes = Repository.Sources("src").Concat(Repository.Sources("samples"))
            .Select(file => (Lines: File.ReadLines(file).Count(), File: Path.GetRelativePath(Repository.Root, file)))
            .OrderBy(size => size.Lines).ToList();
        output.WriteLine($"{sizes.Count} files, median {sizes[sizes.Count / 2].Lines} lines, 95th percentile {sizes[sizes.Count * 95 / 100].Lines}");
        foreach (var (lines, file) in sizes.Where(size => size.Lines > 250).Reverse())
        {
            output.WriteLine($"{lines,5}  {file}");
        }

        Assert.DoesNotContain(sizes, size => size.Lines > 400);
        Assert.True(sizes[sizes.Count / 2].Lines <= 80, $"The median file has {sizes[sizes.Count / 2].Lines} lines.");
    }

    private static string StripComments(string source) => Comment().Replace(source, string.Empty);

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bRandom\.Shared\b|\bThread\.Sleep\(")]
    private static partial Regex BannedCall();

    [GeneratedRegex(@"^\s*(public|private|internal|protected)\s+static\s+(?!readonly|partial|async|extern|class|implicit|explicit|unsafe|event|ref|abstract)(?!.*([({]|=>)).*;\s*$")]
    private static partial Regex MutableStatic();

    [GeneratedRegex(@"\bLoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogNumber();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unbuilt();
}
