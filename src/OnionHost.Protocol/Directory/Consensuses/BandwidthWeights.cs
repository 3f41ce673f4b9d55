using System.Collections.Immutable;
using System.Globalization;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>
/// The <c>bandwidth-weights</c> of a consensus (dir-spec 3.8.3): how much of the bandwidth of guards, exits, both
/// and neither to use in which position of a path, in units of 1/10000.
/// </summary>
public sealed class BandwidthWeights
{
    /// <summary>What stands for a weight of one.</summary>
    public const int Scale = 10000;

    private const int MostWeights = 128;

    private readonly ImmutableSortedDictionary<string, int> _values;

    private BandwidthWeights(ImmutableSortedDictionary<string, int> values)
    {
        _values = values;
    }

    /// <summary>A weight by its name, such as <c>Wgg</c> or <c>Wmd</c>; 10000 if the consensus does not give it.</summary>
    public int this[string name] => _values.TryGetValue(name, out var value) ? value : Scale;

    /// <summary>All weights, in ordinal order of their names.</summary>
    public IReadOnlyDictionary<string, int> Values => _values;

    /// <summary>
    /// Computes the weights from the bandwidths of the four kinds of relays, each at least 1: guards only,
    /// middles (neither), exits only, and both guard and exit. Null where no weights balance them.
    /// </summary>
    public static BandwidthWeights? Compute(long guard, long middle, long exit, long both) =>
        BandwidthBalance.Solve(guard, middle, exit, both) is { } balance ? new BandwidthWeights(balance.Weights()) : null;

    /// <summary>Reads the arguments of the line: <c>name=integer</c>.</summary>
    /// <exception cref="ProtocolException">An argument has another form, or a value is out of range.</exception>
    public static BandwidthWeights Parse(IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var values = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            var split = argument.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0 || !int.TryParse(argument.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                throw new ProtocolException("A bandwidth weight is not name=integer.");
            }

            if (values.Count == MostWeights)
            {
                throw new ProtocolException($"More than {MostWeights} bandwidth weights.");
            }

            values[argument[..split]] = value;
        }

        return new BandwidthWeights(values.ToImmutable());
    }

    /// <summary>The arguments of the line: <c>name=integer</c> separated by spaces, in order of the names.</summary>
    public override string ToString() => string.Join(' ', _values.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}={p.Value}")));
}
