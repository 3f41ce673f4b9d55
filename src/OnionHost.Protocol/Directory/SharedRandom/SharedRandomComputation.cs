using System.Buffers.Binary;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.SharedRandom;

/// <summary>Computes the shared random value from the reveals of a run (srv-spec 4.1.5).</summary>
public static class SharedRandomComputation
{
    /// <summary>The value that the reveals give.</summary>
    /// <param name="commits">The commitments of the run; those without reveal do not count.</param>
    /// <param name="previous">The value before; null if there was none.</param>
    public static SharedRandomValue Compute(IEnumerable<SharedRandomCommit> commits, SharedRandomValue? previous)
    {
        // Sorted by what was committed to, which nobody could choose after seeing the others' reveals.
        var opened = commits.Where(c => c.Reveal is not null).OrderBy(c => c.HashedReveal).ToList();
        var reveals = string.Concat(opened.Select(c => c.Authority.ToString() + c.Reveal));
        var prefix = "shared-random"u8;
        Span<byte> message = stackalloc byte[prefix.Length + sizeof(ulong) + sizeof(uint) + (2 * Digest256.Size)];
        message.Clear();
        prefix.CopyTo(message);
        var fields = message[prefix.Length..];
        BinaryPrimitives.WriteUInt64BigEndian(fields, (ulong)opened.Count);
        BinaryPrimitives.WriteUInt32BigEndian(fields[sizeof(ulong)..], SharedRandomCommit.Version);
        Sha3.Hash256(System.Text.Encoding.ASCII.GetBytes(reveals), fields.Slice(12, Digest256.Size));
        if (previous is { } before)
        {
            before.Value.Span.CopyTo(fields[(12 + Digest256.Size)..]);
        }

        Span<byte> value = stackalloc byte[Digest256.Size];
        Sha3.Hash256(message, value);
        return new SharedRandomValue(opened.Count, new Digest256(value));
    }
}
