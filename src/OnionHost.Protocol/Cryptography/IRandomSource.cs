namespace OnionHost.Protocol.Cryptography;

/// <summary>Where random bytes come from; a constructor parameter everywhere, so that tests can repeat a run.</summary>
public interface IRandomSource
{
    /// <summary>Fills the whole span with bytes that nobody can predict.</summary>
    void Fill(Span<byte> destination);
}
