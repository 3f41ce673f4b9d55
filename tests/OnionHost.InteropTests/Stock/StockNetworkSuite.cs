namespace OnionHost.InteropTests;

/// <summary>All tests of our clients and services share one network.</summary>
[CollectionDefinition(Name)]
public sealed class StockNetworkSuite : ICollectionFixture<SharedNetwork>
{
    public const string Name = "stock network";
}
