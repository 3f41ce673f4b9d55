using Microsoft.AspNetCore.Server.Kestrel.Core;
using OnionHost.Transport;

namespace OnionHost.AspNetCore.Hosting;

/// <summary>The onion endpoints that code asks for, those that Kestrel was told of, and those that it has bound.</summary>
internal sealed class OnionEndPointSet
{
    private readonly Lock _lock = new();
    private readonly List<(OnionEndPoint EndPoint, Action<ListenOptions>? Configure)> _asked = [];
    private readonly HashSet<OnionEndPoint> _expected = [];
    private readonly HashSet<OnionEndPoint> _bound = [];

    public IReadOnlyList<(OnionEndPoint EndPoint, Action<ListenOptions>? Configure)> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>True once Kestrel has been told to listen on onion endpoints; a test server never asks.</summary>
    public bool IsExpected
    {
        get
        {
            lock (_lock)
            {
                return _expected.Count > 0;
            }
        }
    }

    /// <summary>What Kestrel was told of and has not bound.</summary>
    public IReadOnlyList<OnionEndPoint> Missing
    {
        get
        {
            lock (_lock)
            {
                return [.. _expected.Except(_bound)];
            }
        }
    }

    public void Ask(OnionEndPoint endPoint, Action<ListenOptions>? configure)
    {
        lock (_lock)
        {
            _asked.Add((endPoint, configure));
        }
    }

    /// <summary>False if it was expected already: two ways to name one endpoint make one endpoint.</summary>
    public bool Expect(OnionEndPoint endPoint)
    {
        lock (_lock)
        {
            return _expected.Add(endPoint);
        }
    }

    public void MarkBound(OnionEndPoint endPoint)
    {
        lock (_lock)
        {
            _bound.Add(endPoint);
        }
    }
}
