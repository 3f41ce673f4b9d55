using System.Buffers.Binary;
using System.Net;
using OnionHost.Network.Paths;

namespace OnionHost.Network.Socks;

/// <summary>
/// Reads one request of SOCKS 4, 4a or 5 and answers the authentication (PROTOCOL 8). Whatever is not such a request
/// ends in a <see cref="SocksRefusal"/>.
/// </summary>
internal sealed class SocksNegotiation(SocksReader reader, Stream stream, IPAddress client)
{
    private const byte NoAuthentication = 0;
    private const byte UserPassword = 2;
    private const byte NoMethodAccepted = 0xFF;
    private const byte UserPasswordVersion = 1;
    private const int LongestUserId = 512;

    private IsolationKey _isolation = SocksIsolation.Of(client);

    /// <summary>Reads up to and including the request; the reply is the caller's business.</summary>
    public async Task<SocksRequest> ReadAsync(CancellationToken cancellationToken)
    {
        var version = await reader.ReadByteAsync(cancellationToken);
        return version switch
        {
            4 => await ReadVersion4Async(cancellationToken),
            5 => await ReadVersion5Async(cancellationToken),
            >= (byte)'A' and <= (byte)'Z' => throw new SocksRefusal("the client speaks HTTP", SocksReply.NotAnHttpProxy.ToArray()),
            _ => throw new SocksRefusal("the client does not speak SOCKS"),
        };
    }

    private async Task<SocksRequest> ReadVersion4Async(CancellationToken cancellationToken)
    {
        var head = (await reader.ReadAsync(7, cancellationToken)).ToArray();
        var user = await reader.ReadToZeroAsync(LongestUserId, cancellationToken);
        var is4a = head[3] == 0 && head[4] == 0 && head[5] == 0 && head[6] != 0;
        var host = is4a
            ? SocksHost.Normalize(await reader.ReadToZeroAsync(255, cancellationToken))
            : new IPAddress(head.AsSpan(3, 4)).ToString();
        if (user.Length > 0)
        {
            _isolation = SocksIsolation.Of(client, user, []);
        }

        var command = (SocksCommand)head[0];
        return command is SocksCommand.Connect or SocksCommand.Resolve
            ? Request(4, command, host, BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(1)))
            : throw Refused(4, SocksReplyCode.CommandNotSupported, "unknown command");
    }

    private async Task<SocksRequest> ReadVersion5Async(CancellationToken cancellationToken)
    {
        await ChooseMethodAsync(cancellationToken);
        var version = await reader.ReadByteAsync(cancellationToken);
        if (version == UserPasswordVersion)
        {
            // Some clients send it without having been asked; stock tor accepts that too.
            await AuthenticateAsync(cancellationToken);
            version = await reader.ReadByteAsync(cancellationToken);
        }

        if (version != 5)
        {
            throw new SocksRefusal("the request has another version than the greeting");
        }

        var head = (await reader.ReadAsync(3, cancellationToken)).ToArray();
        var host = await ReadHostAsync(head[2], cancellationToken);
        var port = BinaryPrimitives.ReadUInt16BigEndian((await reader.ReadAsync(2, cancellationToken)).Span);
        var command = (SocksCommand)head[0];
        return command is SocksCommand.Connect or SocksCommand.Resolve or SocksCommand.ResolvePtr
            ? Request(5, command, host, port)
            : throw Refused(5, SocksReplyCode.CommandNotSupported, "unknown command");
    }

    private async Task ChooseMethodAsync(CancellationToken cancellationToken)
    {
        var count = await reader.ReadByteAsync(cancellationToken);
        var methods = await reader.ReadAsync(count, cancellationToken);
        var offersPassword = methods.Span.Contains(UserPassword);
        if (!offersPassword && !methods.Span.Contains(NoAuthentication))
        {
            throw new SocksRefusal("no authentication method is known", 5, NoMethodAccepted);
        }

        await stream.WriteAsync(new byte[] { 5, offersPassword ? UserPassword : NoAuthentication }, cancellationToken);
        if (offersPassword && await reader.ReadByteAsync(cancellationToken) != UserPasswordVersion)
        {
            throw new SocksRefusal("the authentication has an unknown version", UserPasswordVersion, 1);
        }

        if (offersPassword)
        {
            await AuthenticateAsync(cancellationToken);
        }
    }

    private async Task AuthenticateAsync(CancellationToken cancellationToken)
    {
        var user = (await reader.ReadAsync(await reader.ReadByteAsync(cancellationToken), cancellationToken)).ToArray();
        var password = (await reader.ReadAsync(await reader.ReadByteAsync(cancellationToken), cancellationToken)).ToArray();
        if (!SocksIsolation.TryRead(client, user, password, out _isolation))
        {
            throw new SocksRefusal("the user name asks for extended parameters of an unknown format", UserPasswordVersion, 1);
        }

        await stream.WriteAsync(new byte[] { UserPasswordVersion, 0 }, cancellationToken);
    }

    private async Task<string?> ReadHostAsync(byte addressType, CancellationToken cancellationToken)
    {
        switch (addressType)
        {
            case 1:
                return new IPAddress((await reader.ReadAsync(4, cancellationToken)).Span).ToString();
            case 4:
                return new IPAddress((await reader.ReadAsync(16, cancellationToken)).Span).ToString();
            case 3:
                var length = await reader.ReadByteAsync(cancellationToken);
                return SocksHost.Normalize((await reader.ReadAsync(length, cancellationToken)).Span);
            default:
                throw Refused(5, SocksReplyCode.AddressTypeNotSupported, "unknown address type");
        }
    }

    private SocksRequest Request(int version, SocksCommand command, string? host, int port)
    {
        if (host is null || (port == 0 && command == SocksCommand.Connect))
        {
            throw Refused(version, SocksReplyCode.GeneralFailure, "malformed host name or port");
        }

        return SocksHost.IsExitName(host)
            ? throw Refused(version, SocksReplyCode.GeneralFailure, "the .exit notation is refused: it lets a link choose the path")
            : new SocksRequest(version, command, host, port, _isolation);
    }

    private static SocksRefusal Refused(int version, SocksReplyCode code, string why) => new(why, SocksReply.Write(version, code));
}
