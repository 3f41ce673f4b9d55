using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Paths;

/// <summary>What the bandwidth of a relay counts in each position, by what kind of relay it is (path-spec 2.2).</summary>
internal sealed class WeightTable
{
    private const int Kinds = 4;
    private const int Positions = 3;

    private static readonly string[] KindLetters = ["m", "g", "e", "d"];
    private static readonly string[] PositionLetters = ["g", "m", "e"];
    private static readonly string[] DirectoryWeights = ["Wmb", "Wgb", "Web", "Wdb"];

    private readonly double[] _weights = new double[Positions * Kinds];
    private readonly double[] _directoryFactors = new double[Kinds];

    /// <summary>Takes the weights of a consensus; without any, bandwidth counts everywhere alike.</summary>
    public WeightTable(BandwidthWeights? weights)
    {
        for (var kind = 0; kind < Kinds; kind++)
        {
            for (var position = 0; position < Positions; position++)
            {
                _weights[(position * Kinds) + kind] = Fraction(weights, $"W{PositionLetters[position]}{KindLetters[kind]}");
            }

            _directoryFactors[kind] = Fraction(weights, DirectoryWeights[kind]);
        }
    }

    /// <summary>The factor, from 0 to 1, for a relay with these flags.</summary>
    public double Factor(RelayFlags flags, PathPosition position)
    {
        var isGuard = (flags & RelayFlags.Guard) != 0;
        var isExit = (flags & (RelayFlags.Exit | RelayFlags.BadExit)) == RelayFlags.Exit;
        var kind = (isGuard ? 1 : 0) + (isExit ? 2 : 0);
        var factor = _weights[((int)position * Kinds) + kind];
        return (flags & RelayFlags.V2Dir) != 0 ? factor * _directoryFactors[kind] : factor;
    }

    private static double Fraction(BandwidthWeights? weights, string name) =>
        weights is null ? 1 : (double)weights[name] / BandwidthWeights.Scale;
}
