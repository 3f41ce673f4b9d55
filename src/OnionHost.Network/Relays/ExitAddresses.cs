using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>Which addresses a client's words mean, and which of them the exit may connect to.</summary>
internal sealed class ExitAddresses(ExitOptions options)
{
    /// <summary>Seconds that clients may keep an answer. The same for all, so that it says nothing about what the exit has cached.</summary>
    public const uint Ttl = 1800;

    private const string ReverseIPv4 = ".in-addr.arpa";
    private const string ReverseIPv6 = ".ip6.arpa";

    private readonly ExitPolicy _policy = options.AllowPrivateAddresses ? options.Policy : options.Policy.WithoutPrivateNetworks();

    /// <summary>The addresses of a BEGIN's host that its flags allow, in the order it prefers.</summary>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(BeginMessage begin, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> all = IPAddress.TryParse(begin.Host, out var literal)
            ? [literal]
            : await options.Resolver.ResolveAsync(begin.Host, cancellationToken).ConfigureAwait(false);
        var first = (begin.Flags & BeginMessage.IPv6Preferred) != 0 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var wanted = all.Where(a => IsWanted(a.AddressFamily, begin.Flags) || literal is not null)
            .OrderBy(a => a.AddressFamily == first ? 0 : 1).ToArray();
        return wanted.Length > 0 ? wanted : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Those that the policy lets us connect to; it is asked about addresses, never about names.</summary>
    public IReadOnlyList<IPAddress> Allowed(IReadOnlyList<IPAddress> candidates, int port) =>
        [.. candidates.Where(address => IsAllowed(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port))];

    /// <summary>Answers a RESOLVE: addresses of a name, or the name of an address in in-addr.arpa form.</summary>
    public async Task AnswerAsync(InboundStream stream, TimeProvider time)
    {
        ResolvedAnswer[] answers;
        try
        {
            using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
            var reader = new SpanReader(stream.Body.Span);
            var host = ResolveMessage.Read(ref reader).Host;
            answers = ReverseAddress(host) is { } address
                ? await ReverseAsync(address, timeout.Token).ConfigureAwait(false)
                : await ForwardAsync(host, timeout.Token).ConfigureAwait(false);
        }
        catch (ProtocolException)
        {
            stream.Refuse(EndReason.TorProtocol);
            return;
        }
        catch (Exception e)
        {
            var isTransient = e is not SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData };
            answers = [Failure(isTransient)];
        }

        stream.Answer(new ResolvedMessage([.. answers]));
    }

    /// <summary>Reads an address in in-addr.arpa or ip6.arpa form; null if it is something else.</summary>
    internal static IPAddress? ReverseAddress(string host)
    {
        if (host.EndsWith(ReverseIPv4, StringComparison.OrdinalIgnoreCase))
        {
            var labels = host[..^ReverseIPv4.Length].Split('.');
            Array.Reverse(labels);
            return labels.Length == 4 && IPAddress.TryParse(string.Join('.', labels), out var address) ? address : null;
        }

        if (!host.EndsWith(ReverseIPv6, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var digits = host[..^ReverseIPv6.Length].Split('.');
        Span<byte> bytes = stackalloc byte[16];
        Array.Reverse(digits);
        return digits.Length == 32 && digits.All(d => d.Length == 1) && Text.TryDecodeHex(string.Concat(digits), bytes) ? new IPAddress(bytes) : null;
    }

    private static bool IsWanted(AddressFamily family, uint flags) => family == AddressFamily.InterNetworkV6
        ? (flags & BeginMessage.IPv6Allowed) != 0
        : (flags & BeginMessage.IPv4Refused) == 0;

    private static ResolvedAnswer Failure(bool isTransient) =>
        new(isTransient ? ResolvedType.TransientError : ResolvedType.Error, ReadOnlyMemory<byte>.Empty, Ttl);

    private bool IsAllowed(IPAddress address, int port) =>
        _policy.Allows(address, port)
        && options.Refuses?.Invoke(new IPEndPoint(address, port)) != true;

    private async Task<ResolvedAnswer[]> ReverseAsync(IPAddress address, CancellationToken cancellationToken) =>
        await options.Resolver.ReverseAsync(address, cancellationToken).ConfigureAwait(false) is { Length: > 0 and < 256 } name
            ? [ResolvedAnswer.FromHostName(name.ToLower(CultureInfo.InvariantCulture), Ttl)]
            : [Failure(isTransient: false)];

    private async Task<ResolvedAnswer[]> ForwardAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await options.Resolver.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        return addresses.Count > 0
            ? [.. addresses.Take(16).Select(address => ResolvedAnswer.FromAddress(address, Ttl))]
            : [Failure(isTransient: false)];
    }
}
