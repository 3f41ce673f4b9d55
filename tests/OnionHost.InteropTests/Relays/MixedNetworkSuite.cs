namespace OnionHost.InteropTests;

/// <summary>The tests that share <see cref="MixedNetwork"/>.</summary>
[CollectionDefinition(Name)]
public sealed class MixedNetworkSuite : ICollectionFixture<MixedNetwork>
{
    public const string Name = "our relays among stock nodes";
}
