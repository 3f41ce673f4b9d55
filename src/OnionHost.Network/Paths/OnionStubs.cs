using OnionHost.Network.Circuits;

namespace OnionHost.Network.Paths;

/// <summary>Circuits of three hops built ahead for onion services and their clients, who extend them or use them as they are.</summary>
internal sealed class OnionStubs(TimeProvider time, CircuitPoolOptions options)
{
    private readonly Lock _lock = new();
    private readonly List<(ClientCircuit Circuit, DateTimeOffset Built)> _stubs = [];
    private int _building;

    /// <summary>Reserves a place for a stub to be built; false if there are enough.</summary>
    public bool TryReserve()
    {
        lock (_lock)
        {
            if (_stubs.Count + _building >= options.OnionStubs)
            {
                return false;
            }

            _building++;
            return true;
        }
    }

    /// <summary>Fills a reserved place; null gives it back.</summary>
    public void Fill(ClientCircuit? circuit)
    {
        lock (_lock)
        {
            _building--;
            if (circuit is not null)
            {
                _stubs.Add((circuit, time.GetUtcNow()));
            }
        }
    }

    /// <summary>Takes the first stub that fits; it then belongs to the caller.</summary>
    public ClientCircuit? TryTake(Func<ClientCircuit, bool> fits)
    {
        lock (_lock)
        {
            var index = _stubs.FindIndex(s => s.Circuit.IsOpen && fits(s.Circuit));
            if (index < 0)
            {
                return null;
            }

            var circuit = _stubs[index].Circuit;
            _stubs.RemoveAt(index);
            return circuit;
        }
    }

    /// <summary>Takes out what is closed or too old; the caller closes it.</summary>
    public IReadOnlyList<ClientCircuit> Retire()
    {
        lock (_lock)
        {
            var oldest = time.GetUtcNow() - options.MaxIdle;
            var over = _stubs.Where(s => !s.Circuit.IsOpen || s.Built < oldest).Select(s => s.Circuit).ToList();
            _stubs.RemoveAll(s => over.Contains(s.Circuit));
            return over;
        }
    }
}
