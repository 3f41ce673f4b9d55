namespace OnionHost.InteropTests;

/// <summary>The tests that share <see cref="FaultNetwork"/>.</summary>
[CollectionDefinition(Name)]
public sealed class FaultNetworkSuite : ICollectionFixture<FaultNetwork>
{
    public const string Name = "faulty nodes";
}
