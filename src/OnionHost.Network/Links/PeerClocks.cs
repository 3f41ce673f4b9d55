using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>
/// What relays and authorities that this node chose to ask say the time is. One of them may be wrong or lie; when several agree
/// that this machine's clock is off and none says it is right, the operator is told, once.
/// </summary>
internal sealed class PeerClocks(NodeContext context)
{
    private const int Witnesses = 2;
    private const int Remembered = 16;

    private static readonly TimeSpan Tolerated = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<RelayFingerprint, TimeSpan> _ahead = [];
    private readonly ILogger _logger = context.Loggers.CreateLogger<PeerClocks>();
    private bool _hasWarned;

    /// <summary>A peer has told its time.</summary>
    /// <param name="peer">Who it is.</param>
    /// <param name="ahead">How far its clock is ahead of ours; negative if it is behind.</param>
    public void Hear(RelayFingerprint peer, TimeSpan ahead)
    {
        TimeSpan skew;
        int witnesses;
        lock (_lock)
        {
            if (_ahead.Count < Remembered || _ahead.ContainsKey(peer))
            {
                _ahead[peer] = ahead;
            }

            var off = _ahead.Values.Where(a => a.Duration() > Tolerated && a < TimeSpan.Zero == ahead < TimeSpan.Zero).Order().ToList();
            if (_hasWarned || off.Count < Witnesses || off.Count < _ahead.Count)
            {
                return;
            }

            _hasWarned = true;
            (skew, witnesses) = (off[off.Count / 2], off.Count);
        }

        LinkLog.ClockSkew(_logger, witnesses, skew.Duration(), skew < TimeSpan.Zero ? "behind" : "ahead of");
    }
}
