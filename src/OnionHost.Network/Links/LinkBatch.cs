namespace OnionHost.Network.Links;

/// <summary>
/// While it lives, cells sent from this thread wait; disposing it writes them, on this thread as far as the sockets take
/// them. Without a batch the first cell wakes the link's writer on the thread pool, and a loop that sends many cells
/// would race with it and make many small records. Dispose it outside of locks that cells are sent under.
/// </summary>
internal readonly ref struct LinkBatch
{
    // What waits belongs to this thread and to a scope that cannot cross an await: nothing outlives the scope.
    [ThreadStatic]
    private static List<LinkWriter>? _waiting;

    [ThreadStatic]
    private static int _depth;

    /// <summary>Starts a batch, or joins the one of this thread.</summary>
    public static LinkBatch Begin()
    {
        _depth++;
        return default;
    }

    /// <summary>Leaves a writer that has something to do to this thread's batch; false if there is none.</summary>
    internal static bool TryDefer(LinkWriter writer)
    {
        if (_depth == 0)
        {
            return false;
        }

        (_waiting ??= []).Add(writer);
        return true;
    }

    /// <summary>Writes what waits, unless an outer batch goes on.</summary>
    public void Dispose()
    {
        if (--_depth > 0 || _waiting is not { Count: > 0 } waiting)
        {
            return;
        }

        foreach (var writer in waiting)
        {
            writer.Execute();
        }

        waiting.Clear();
    }
}
