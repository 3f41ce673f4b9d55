namespace OnionHost.InteropTests.Tool;

/// <summary>All tests of the tool among stock nodes share one network.</summary>
[CollectionDefinition(Name)]
public sealed class ToolSuite : ICollectionFixture<ToolAmongStock>
{
    public const string Name = "tool among stock";
}
