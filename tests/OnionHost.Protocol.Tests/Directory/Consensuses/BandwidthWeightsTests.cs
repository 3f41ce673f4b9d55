using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.Consensuses;

public sealed class BandwidthWeightsTests
{
    [Fact]
    public void Computes_what_stock_computes()
    {
        foreach (var vector in Vectors.Load("bandwidth_weights.json").GetProperty("vectors").EnumerateArray())
        {
            long Of(string name) => vector.GetProperty(name).GetInt64();
            var weights = BandwidthWeights.Compute(Of("G"), Of("M"), Of("E"), Of("D"));
            var line = vector.GetProperty("line").GetString()!;
            Assert.Equal(line, weights is null ? string.Empty : $"bandwidth-weights {weights}");
            if (weights is not null)
            {
                Assert.Equal(weights.Values, BandwidthWeights.Parse(line.Split(' ')[1..]).Values);
            }
        }
    }

    [Theory]
    [InlineData("Wgg")]
    [InlineData("=3")]
    [InlineData("Wgg=-1")]
    [InlineData("Wgg=99999999999")]
    public void Refuses_other_words(string word) => Assert.Throws<ProtocolException>(() => BandwidthWeights.Parse([word]));
}
