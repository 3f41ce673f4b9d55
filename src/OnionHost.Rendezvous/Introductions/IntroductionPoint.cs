using OnionHost.Network;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>An introduction point that stands: its keys, its circuit, and how long it may be used (PROTOCOL appendix A).</summary>
internal sealed class IntroductionPoint : IAsyncDisposable
{
    private const int FewestIntroductions = 16384;
    private const int MostIntroductions = 32768;

    private static readonly TimeSpan ShortestLife = TimeSpan.FromHours(18);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    private readonly ReplayCache _seen = new(2 * MostIntroductions);
    private readonly int _maxIntroductions;
    private int _introductions;
    private volatile bool _mustGo;

    /// <summary>Begins its life now.</summary>
    public IntroductionPoint(NodeContext context, IntroductionKeys keys, IStandingIntroduction circuit)
    {
        Keys = keys;
        Circuit = circuit;
        WornAt = context.Now + ShortestLife + ((LongestLife - ShortestLife) * context.Random.NextDouble());
        _maxIntroductions = FewestIntroductions + context.Random.Next(MostIntroductions - FewestIntroductions + 1);
    }

    /// <summary>Its key pairs.</summary>
    public IntroductionKeys Keys { get; }

    /// <summary>Its circuit.</summary>
    public IStandingIntroduction Circuit { get; }

    /// <summary>When it has to be replaced, whatever it did.</summary>
    public DateTimeOffset WornAt { get; }

    /// <summary>True if its successor closes it at once, instead of leaving it a while to visitors with an older descriptor.</summary>
    public bool MustGo => _mustGo;

    /// <summary>True if it was used for as many introductions as it may, or was revoked.</summary>
    public bool IsUsedUp => _mustGo || Volatile.Read(ref _introductions) >= _maxIntroductions;

    /// <summary>True if it still may be told to visitors.</summary>
    public bool IsGood(DateTimeOffset now) => !IsUsedUp && now < WornAt && !Circuit.Closed.IsCompleted;

    /// <summary>Has it replaced, and closed as soon as the successor stands.</summary>
    public void Revoke() => _mustGo = true;

    /// <summary>Counts an introduction; false if a client's key (X) came before: it is a replay.</summary>
    public bool TryCount(ReadOnlySpan<byte> clientKey)
    {
        Interlocked.Increment(ref _introductions);
        return _seen.TryAdd(clientKey);
    }

    /// <summary>Closes the circuit, and overwrites the keys.</summary>
    public async ValueTask DisposeAsync()
    {
        await Circuit.DisposeAsync().ConfigureAwait(false);
        Keys.Dispose();
    }
}
