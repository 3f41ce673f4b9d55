using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>
/// Where tested relays have to extend to: our own OR port, which is never at fault; and, for an authority whose OR port others
/// cannot reach, a relay that passed lately. Safe for concurrent use.
/// </summary>
/// <param name="context">Randomness, logs.</param>
/// <param name="own">The relay beneath this authority; asked for each test, since its onion key rotates.</param>
internal sealed class FarEnds(NodeContext context, Func<HopTarget> own)
{
    /// <summary>So many relays are kept as other ends.</summary>
    private const int MostOthers = 16;

    private readonly ILogger _logger = context.Loggers.CreateLogger<FarEnds>();
    private readonly Lock _lock = new();
    private readonly List<HopTarget> _others = [];
    private bool? _isOwnReached;

    /// <summary>True if any relay ever got to one of them.</summary>
    public bool WasReached { get; private set; }

    /// <summary>The ends to try for a relay, best first; none if it is the only one.</summary>
    public IReadOnlyList<HopTarget> For(HopTarget tested)
    {
        var self = own();
        lock (_lock)
        {
            var others = _others.Where(other => other.Fingerprint != tested.Fingerprint && other.Fingerprint != self.Fingerprint).ToArray();
            HopTarget[] other = others.Length == 0 ? [] : [others[context.Random.Next(others.Length)]];
            HopTarget[] first = self.Fingerprint == tested.Fingerprint ? [] : [self];
            return _isOwnReached == false ? [.. other, .. first] : [.. first, .. other];
        }
    }

    /// <summary>A relay carried data to an end; null if only to itself, for want of ends that can be reached.</summary>
    public void OnPassed(HopTarget tested, HopTarget? end)
    {
        var self = own();
        lock (_lock)
        {
            _others.RemoveAll(other => other.Fingerprint == tested.Fingerprint);
            _others.Insert(0, tested);
            _others.RemoveRange(Math.Min(_others.Count, MostOthers), Math.Max(0, _others.Count - MostOthers));
            WasReached |= end is not null;
            if (end?.Fingerprint == self.Fingerprint)
            {
                _isOwnReached = true;
            }
            else if (_isOwnReached is null && tested.Fingerprint != self.Fingerprint)
            {
                _isOwnReached = false;
                AuthorityLog.NotReachedFromOutside(_logger, string.Join(" and ", self.ToLinkTarget().Addresses));
            }
        }
    }
}
