using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Tests.Paths;

/// <summary>The same bytes for the same seed: SHA-256 of the seed and a counter.</summary>
internal sealed class SeededRandom(int seed) : IRandomSource
{
    private readonly Lock _lock = new();
    private readonly byte[] _block = new byte[32];
    private long _counter;
    private int _left;

    public void Fill(Span<byte> destination)
    {
        lock (_lock)
        {
            for (var i = 0; i < destination.Length; i++)
            {
                if (_left == 0)
                {
                    SHA256.HashData(BitConverter.GetBytes(seed).Concat(BitConverter.GetBytes(_counter++)).ToArray(), _block);
                    _left = 32;
                }

                destination[i] = _block[32 - _left--];
            }
        }
    }
}
