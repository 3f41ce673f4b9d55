namespace OnionHost.InteropTests;

/// <summary>All tests that use the stock network share one.</summary>
[CollectionDefinition(Name)]
public sealed class StockNetworkSuite : ICollectionFixture<StockNetwork>
{
    public const string Name = "stock network";
}
