using System.IO.Pipelines;

namespace OnionHost.Transport.Binding;

/// <summary>
/// One visitor's connection. Completing both pipes and disposing it sends what is left and then the end; a reset by the visitor
/// completes <see cref="IDuplexPipe.Input"/> with a fault, a clean end without one.
/// </summary>
internal interface IOnionStream : IDuplexPipe, IOnionConnectionFeature, IAsyncDisposable
{
    /// <summary>Cancelled when the visitor, the circuit or <see cref="Abort"/> has ended the connection.</summary>
    CancellationToken Closed { get; }

    /// <summary>Ends the connection at once and drops what is not sent. Any number of times, from any thread; never blocks.</summary>
    void Abort();
}
