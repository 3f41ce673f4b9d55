using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>INTRO_ESTABLISHED: the relay is an introduction point now (rend-spec-v3 3.1.3).</summary>
/// <param name="Extensions">None are defined.</param>
public readonly record struct IntroEstablishedMessage(ImmutableArray<IntroduceExtension> Extensions)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static IntroEstablishedMessage Read(ref SpanReader reader) => new(IntroduceExtensions.Read(ref reader));

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer) => IntroduceExtensions.Write(ref writer, Extensions);
}
