using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text;

namespace OnionHost.Network.Tls;

/// <summary>
/// An <c>SSL</c> between two memory buffers: ciphertext goes in and comes out as bytes, no sockets. One lock guards every call,
/// the error queue is cleared before each and read on the same thread, and nothing is called after it was freed.
/// </summary>
internal sealed unsafe class LibSslSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly nint _input;
    private readonly nint _output;
    private nint _ssl;

    private LibSslSession(LibSslContext context)
    {
        _ssl = context.CreateSession();
        _input = LibSsl.BufferNew(LibSsl.MemoryBuffer());
        _output = LibSsl.BufferNew(LibSsl.MemoryBuffer());
        LibSsl.SetBuffers(_ssl, _input, _output);
    }

    ~LibSslSession() => Free();

    /// <summary>A session that begins the handshake.</summary>
    public static LibSslSession Client(LibSslContext context, string serverName)
    {
        var session = new LibSslSession(context);
        LibSsl.SetConnectState(session._ssl);
        fixed (byte* name = Encoding.ASCII.GetBytes(serverName + '\0'))
        {
            LibSsl.Control(session._ssl, LibSsl.ControlHostName, 0, (nint)name);
        }

        return session;
    }

    /// <summary>A session that waits for the peer to begin.</summary>
    public static LibSslSession Server(LibSslContext context)
    {
        var session = new LibSslSession(context);
        LibSsl.SetAcceptState(session._ssl);
        return session;
    }

    /// <summary>Goes on with the handshake; false while it needs more from the peer.</summary>
    /// <exception cref="AuthenticationException">It failed.</exception>
    public bool TryShakeHands()
    {
        lock (_lock)
        {
            ThrowIfFreed();
            LibSsl.ClearErrors();
            var result = LibSsl.Handshake(_ssl);
            if (result == 1)
            {
                return true;
            }

            return LibSsl.GetError(_ssl, result) == LibSsl.WantRead ? false : throw Fault("handshake");
        }
    }

    /// <summary>Takes ciphertext that came from the peer.</summary>
    public void Feed(ReadOnlySpan<byte> ciphertext)
    {
        lock (_lock)
        {
            ThrowIfFreed();
            fixed (byte* source = ciphertext)
            {
                LibSsl.BufferWrite(_input, source, ciphertext.Length);
            }
        }
    }

    /// <summary>Reads plaintext until the buffer is full or nothing is left.</summary>
    /// <param name="plaintext">Takes it.</param>
    /// <param name="isEnd">True if the peer closed the session.</param>
    /// <returns>Bytes read; 0 if more ciphertext is needed.</returns>
    public int Read(Span<byte> plaintext, out bool isEnd)
    {
        isEnd = false;
        var total = 0;
        lock (_lock)
        {
            ThrowIfFreed();
            fixed (byte* destination = plaintext)
            {
                while (total < plaintext.Length)
                {
                    LibSsl.ClearErrors();
                    var count = LibSsl.Read(_ssl, destination + total, plaintext.Length - total);
                    if (count <= 0)
                    {
                        isEnd = IsEnd(count);
                        break;
                    }

                    total += count;
                }
            }
        }

        return total;
    }

    /// <summary>True if plaintext, or the end, can be read without more ciphertext.</summary>
    public bool CanRead()
    {
        lock (_lock)
        {
            ThrowIfFreed();
            byte next;
            LibSsl.ClearErrors();
            var count = LibSsl.Peek(_ssl, &next, 1);
            return count > 0 || IsEnd(count);
        }
    }

    /// <summary>Encrypts; the ciphertext waits for <see cref="TakeOutput"/>.</summary>
    public void Write(ReadOnlySpan<byte> plaintext)
    {
        lock (_lock)
        {
            ThrowIfFreed();
            fixed (byte* source = plaintext)
            {
                LibSsl.ClearErrors();
                if (!plaintext.IsEmpty && LibSsl.Write(_ssl, source, plaintext.Length) != plaintext.Length)
                {
                    throw Fault("write");
                }
            }
        }
    }

    /// <summary>True if ciphertext waits to be sent.</summary>
    public bool HasOutput
    {
        get
        {
            lock (_lock)
            {
                return _ssl != 0 && LibSsl.BufferPending(_output) > 0;
            }
        }
    }

    /// <summary>Takes ciphertext to send; 0 if there is none.</summary>
    public int TakeOutput(Span<byte> ciphertext)
    {
        lock (_lock)
        {
            ThrowIfFreed();
            fixed (byte* destination = ciphertext)
            {
                return Math.Max(0, LibSsl.BufferRead(_output, destination, ciphertext.Length));
            }
        }
    }

    /// <summary>DER of the peer's certificate; empty if there is none.</summary>
    public byte[] PeerCertificate()
    {
        lock (_lock)
        {
            ThrowIfFreed();
            var certificate = LibSsl.PeerCertificate(_ssl);
            if (certificate == 0)
            {
                return [];
            }

            var der = new byte[Math.Max(0, LibSsl.CertificateToDer(certificate, null))];
            fixed (byte* start = der)
            {
                var position = start;
                LibSsl.CertificateToDer(certificate, &position);
            }

            LibSsl.CertificateFree(certificate);
            return der;
        }
    }

    /// <summary>Exports keying material with a context (RFC 5705).</summary>
    public bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        lock (_lock)
        {
            ThrowIfFreed();
            fixed (byte* target = destination)
            fixed (byte* bytes = context)
            {
                return LibSsl.Export(_ssl, target, (nuint)destination.Length, label, (nuint)label.Length, bytes, (nuint)context.Length, 1) == 1;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            Free();
        }

        GC.SuppressFinalize(this);
    }

    private static AuthenticationException Fault(string step)
    {
        var reason = Marshal.PtrToStringUTF8(LibSsl.ErrorReason(LibSsl.LastError()));
        return new AuthenticationException($"TLS {step} failed: {reason ?? "unknown reason"}.");
    }

    private bool IsEnd(int result) => LibSsl.GetError(_ssl, result) switch
    {
        LibSsl.WantRead => false,
        LibSsl.ZeroReturn => true,
        _ => throw Fault("read"),
    };

    private void ThrowIfFreed() => ObjectDisposedException.ThrowIf(_ssl == 0, this);

    private void Free()
    {
        // Frees both buffers, too.
        LibSsl.Free(_ssl);
        _ssl = 0;
    }
}
