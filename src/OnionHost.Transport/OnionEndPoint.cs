using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Identities;

namespace OnionHost.Transport;

/// <summary>
/// One virtual port of an onion service as an endpoint that Kestrel can listen on. Before it is bound it names the service;
/// once it is bound it also holds the service's address, and prints as that.
/// </summary>
public sealed class OnionEndPoint : EndPoint
{
    /// <summary>The port that a browser takes when the address names none.</summary>
    public const int DefaultPort = 80;

    /// <summary>Names a virtual port of a service that is not bound yet.</summary>
    /// <param name="service">The service's name in the configuration, as in <c>Onion:Services:blog</c>.</param>
    /// <param name="port">The virtual port, 1 to 65535.</param>
    /// <exception cref="ArgumentException">The name is empty or holds a dot or a slash.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not a port.</exception>
    public OnionEndPoint(string service, int port = DefaultPort)
        : this(service, port, null)
    {
    }

    internal OnionEndPoint(string service, int port, OnionAddress? address)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(service);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        if (!IsServiceName(service))
        {
            throw new ArgumentException(
                $"'{service}' is no service name: letters, digits, '-' and '_', at most 64. The .onion address follows from the service's key.",
                nameof(service));
        }

        Service = service;
        Port = port;
        Address = address;
    }

    /// <summary>The service's name in the configuration.</summary>
    public string Service { get; }

    /// <summary>The virtual port, 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>The service's address; null until the endpoint is bound.</summary>
    public OnionAddress? Address { get; }

    /// <summary>Always <see cref="AddressFamily.Unspecified"/>: an onion endpoint has no socket.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <summary>True if <paramref name="name"/> can name a service: 1 to 64 letters, digits, <c>-</c> and <c>_</c>.</summary>
    public static bool IsServiceName(string? name) =>
        name is { Length: > 0 and <= 64 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>The address, or the service's name before it is bound, with <c>:port</c> unless that is 80.</summary>
    public override string ToString()
    {
        var host = Address?.ToString() ?? Service;
        return Port == DefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is OnionEndPoint other && other.Port == Port && other.Address == Address
        && string.Equals(other.Service, Service, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Service, Port, Address);

    /// <summary>This endpoint with the address that its service turned out to have.</summary>
    internal OnionEndPoint Resolve(OnionAddress address) => new(Service, Port, address);
}
