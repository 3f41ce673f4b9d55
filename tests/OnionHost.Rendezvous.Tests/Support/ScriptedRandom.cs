using OnionHost.Protocol.Cryptography;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>Gives prepared bytes first, then a repeatable stream.</summary>
internal sealed class ScriptedRandom(params byte[][] prepared) : IRandomSource
{
    private readonly Queue<byte[]> _prepared = new(prepared);
    private readonly Random _rest = new(4711);
    private readonly Lock _lock = new();

    public void Fill(Span<byte> destination)
    {
        lock (_lock)
        {
            if (_prepared.TryDequeue(out var next))
            {
                Assert.Equal(next.Length, destination.Length);
                next.CopyTo(destination);
                return;
            }

            _rest.NextBytes(destination);
        }
    }
}
