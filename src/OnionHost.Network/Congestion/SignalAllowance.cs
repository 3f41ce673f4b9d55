using OnionHost.Protocol;

namespace OnionHost.Network.Congestion;

/// <summary>
/// How many XOFFs and XONs the bytes sent on a stream account for. A client checks them: needless ones are marks by which
/// somebody else on the path could recognize the circuit (proposal 324, section 4.1.4).
/// </summary>
internal struct SignalAllowance
{
    private const int MostSignals = 200;
    private const long MostBytes = 10 * 1024 * 1024;

    private long _bytes;
    private int _xoffs;
    private int _xons;

    /// <summary>Bytes were sent.</summary>
    public void OnSent(int bytes)
    {
        _bytes += bytes;
        if (_bytes >= MostBytes)
        {
            Halve(); // So that nobody saves up for later.
        }
    }

    /// <summary>An XOFF came.</summary>
    /// <param name="limit">Bytes that cause one.</param>
    /// <exception cref="ProtocolException">Too little was sent for that many.</exception>
    public void OnXoff(long limit)
    {
        if (_xoffs == MostSignals)
        {
            Halve();
        }

        if (_bytes < limit * ++_xoffs)
        {
            throw new ProtocolException("XOFF came before enough was sent.");
        }
    }

    /// <summary>An XON came.</summary>
    /// <param name="limit">Bytes that cause one.</param>
    /// <exception cref="ProtocolException">Too little was sent for that many.</exception>
    public void OnXon(long limit)
    {
        if (_xons == MostSignals)
        {
            Halve();
        }

        if (_bytes < limit * ++_xons)
        {
            throw new ProtocolException("XON came before enough was sent.");
        }
    }

    private void Halve()
    {
        _bytes /= 2;
        _xoffs /= 2;
        _xons /= 2;
    }
}
