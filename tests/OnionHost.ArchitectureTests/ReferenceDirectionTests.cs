using System.Reflection;

namespace OnionHost.ArchitectureTests;

/// <summary>References between the projects run one way (docs/architecture.md, Rooms).</summary>
public sealed class ReferenceDirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["OnionHost.Protocol"] = [],
        ["OnionHost.Network"] = ["OnionHost.Protocol"],
        ["OnionHost.Dht"] = ["OnionHost.Protocol", "OnionHost.Network"],
        ["OnionHost.Rendezvous"] = ["OnionHost.Protocol", "OnionHost.Network", "OnionHost.Dht"],
        ["OnionHost.LocalNetwork"] = ["OnionHost.Protocol", "OnionHost.Network", "OnionHost.Dht", "OnionHost.Rendezvous"],
        ["OnionHost.Transport"] = ["OnionHost.Protocol", "OnionHost.Network", "OnionHost.Dht", "OnionHost.Rendezvous"],
        ["OnionHost.AspNetCore"] =
        [
            "OnionHost.Protocol", "OnionHost.Network", "OnionHost.Dht", "OnionHost.Rendezvous", "OnionHost.LocalNetwork", "OnionHost.Transport",
        ],
        ["OnionHost.Cli"] = ["OnionHost.Protocol", "OnionHost.Network", "OnionHost.Dht", "OnionHost.Rendezvous", "OnionHost.LocalNetwork"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_rooms_before_it(string project)
    {
        var references = Assembly.Load(project).GetReferencedAssemblies()
            .Select(name => name.Name!).Where(name => name.StartsWith("OnionHost.", StringComparison.Ordinal));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void Every_project_under_src_is_covered()
    {
        var projects = Directory.GetDirectories(Repository.Path("src")).Select(Path.GetFileName);
        Assert.Empty(projects.Except(Allowed.Keys));
    }

    [Theory]
    [InlineData("OnionHost.Protocol", "System.Net.Sockets")]
    [InlineData("OnionHost.Network", "Microsoft.AspNetCore")]
    [InlineData("OnionHost.Dht", "Microsoft.AspNetCore")]
    [InlineData("OnionHost.Rendezvous", "Microsoft.AspNetCore")]
    [InlineData("OnionHost.LocalNetwork", "Microsoft.AspNetCore")]
    [InlineData("OnionHost.Transport", "Microsoft.Extensions.DependencyInjection")]
    [InlineData("OnionHost.Cli", "Microsoft.AspNetCore")]
    public void A_room_knows_nothing_of(string project, string stranger)
    {
        var references = Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!);
        Assert.DoesNotContain(references, name => name.StartsWith(stranger, StringComparison.Ordinal));
    }
}
