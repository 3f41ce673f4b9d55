using OnionHost.Protocol;

namespace OnionHost.Network.Circuits;

/// <summary>
/// The hops of a client's circuit, nearest first: what comes in is peeled by one after the other, what goes out is wrapped by
/// every nearer one. Changed under the circuit's send lock, read without it.
/// </summary>
internal sealed class CircuitHops
{
    private volatile CircuitHop[] _all = [];

    public int Count => _all.Length;

    public IReadOnlyList<CircuitHop> All => _all;

    public CircuitHop this[Index index] => _all[index];

    /// <summary>Send lock: adds the next one.</summary>
    public void Add(CircuitHop hop) => _all = [.. _all, hop];

    /// <summary>Send lock: takes those after the first <paramref name="keep"/> off.</summary>
    public CircuitHop[] Cut(int keep)
    {
        var cut = _all[keep..];
        _all = _all[..keep];
        return cut;
    }

    /// <summary>Send lock: puts the layers of the nearer hops around what a hop's edge has sealed; false if the hop was cut off.</summary>
    public bool TryWrap(CircuitEdge edge, Span<byte> payload)
    {
        var all = _all;
        var index = all.Length - 1;
        while (index >= 0 && all[index].Edge != edge)
        {
            index--;
        }

        if (index < 0)
        {
            return false;
        }

        while (--index >= 0)
        {
            all[index].Outward.Crypt(payload);
        }

        return true;
    }

    /// <summary>Read loop: the cells of one read were handled.</summary>
    public void OnBatchEnd()
    {
        foreach (var hop in _all)
        {
            hop.Edge.OnBatchEnd();
        }
    }

    /// <summary>Read loop: peels a cell until a hop recognizes it.</summary>
    /// <param name="payload">509 bytes, changed in place.</param>
    /// <param name="tag">Takes the cell's tag.</param>
    /// <exception cref="ProtocolException">No hop does.</exception>
    public CircuitEdge Peel(Span<byte> payload, Span<byte> tag)
    {
        foreach (var hop in _all)
        {
            hop.Inward.Crypt(payload);
            if (hop.Inward.TryRecognize(payload, tag))
            {
                return hop.Edge;
            }
        }

        throw new ProtocolException("A cell is recognized at no hop.");
    }
}
