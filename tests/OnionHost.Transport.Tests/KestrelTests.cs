using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.Transport.Tests;

/// <summary>What a real Kestrel does with the transport.</summary>
public class KestrelTests
{
    private static readonly TimeSpan Patience = OnionTestHost.Patience;

    [Fact]
    public async Task ServesTheOnionEndPointBesideAClearOne()
    {
        await using var host = await OnionTestHost.StartAsync(
            context => context.Response.WriteAsync(context.Features.Get<IOnionConnectionFeature>() is { } onion ? $"{onion.Service}:{onion.Port}" : "clear"),
            kestrel =>
            {
                kestrel.Listen(new OnionEndPoint("blog", 81));
                kestrel.Listen(IPAddress.Loopback, 0);
            });
        using var visitor = host.Onion.CreateClient(port: 81);
        using var clear = new HttpClient();
        Assert.Equal($"{FakeOnion.AddressOf("blog")}:81", await visitor.GetStringAsync("/"));
        Assert.Equal("clear", await clear.GetStringAsync($"http://127.0.0.1:{host.ClearPort()}/"));
    }

    [Fact]
    public async Task TheOnionAddressIsAmongTheServersAddressesAndInTheLog()
    {
        await using var host = await OnionTestHost.StartAsync(_ => Task.CompletedTask);
        var expected = $"http://{FakeOnion.AddressOf("blog")}";
        Assert.Contains(expected, host.Addresses);
        Assert.Contains(host.Logs.Entries, e => e.Level == LogLevel.Information && e.Text.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task APortInUseFailsTheStart()
    {
        var fault = await Assert.ThrowsAsync<IOException>(() => OnionTestHost.StartAsync(
            _ => Task.CompletedTask,
            kestrel =>
            {
                kestrel.Listen(new OnionEndPoint("blog"));
                kestrel.Listen(new OnionEndPoint("blog"));
            }));
        Assert.IsAssignableFrom<AddressInUseException>(fault.InnerException);
    }

    [Fact]
    public async Task AMetricsListenerDoesNotStopTheAcceptLoop()
    {
        using var metrics = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument) };
        metrics.Start();
        await using var host = await OnionTestHost.StartAsync(context => context.Response.WriteAsync("ok"));
        for (var i = 0; i < 3; i++)
        {
            using var visitor = host.Onion.CreateClient();
            Assert.Equal("ok", await visitor.GetStringAsync("/"));
        }
    }

    [Fact]
    public async Task ForwardedHeadersOfAVisitorAreRefused()
    {
        await using var host = await OnionTestHost.StartAsync(app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
            app.Run(context => context.Response.WriteAsync(
                $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host.Host}"));
        });
        using var visitor = host.Onion.CreateClient(visit: () => host.Onion.Visit(circuit: 0xABCD));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-For", "8.8.8.8");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "bank.example");
        using var response = await visitor.SendAsync(request);
        Assert.Equal($"fc00:dead:beef:4dad::abcd http {FakeOnion.AddressOf("blog")}", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AVisitorWhoLeavesAbortsTheRequestAndIsNoError(bool reset)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await OnionTestHost.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            running.SetResult();
            await aborted.Task;
            await context.Response.WriteAsync("to nobody");
        });
        var stream = host.Onion.Visit();
        await stream.ToService.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await running.Task.WaitAsync(Patience);
        if (reset)
        {
            stream.Reset();
        }
        else
        {
            stream.End();
        }

        await aborted.Task.WaitAsync(Patience);
        await stream.Disposed.WaitAsync(Patience);
        Assert.Equal("", string.Join("\n", host.Logs.AtLeast(LogLevel.Warning)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AResetWhileTheBodyIsReadIsNoErrorOfOurs(bool isThrownOn)
    {
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await OnionTestHost.StartAsync(async context =>
        {
            running.SetResult();
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
            catch (Exception fault)
            {
                ended.SetResult(fault);
                if (isThrownOn)
                {
                    throw;
                }
            }
        });
        var stream = host.Onion.Visit();
        await stream.ToService.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"u8.ToArray());
        await running.Task.WaitAsync(Patience);
        stream.Reset();
        var fault = await ended.Task.WaitAsync(Patience);
        Assert.True(fault is ConnectionResetException or OperationCanceledException, fault.ToString());
        await stream.Disposed.WaitAsync(Patience);
        var logs = string.Join("\n", host.Logs.AtLeast(LogLevel.Warning));
        Assert.True(logs.Length == 0, logs);
    }

    [Fact]
    public async Task AnApplicationMayCloseTheConnectionOrTheCircuit()
    {
        await using var host = await OnionTestHost.StartAsync(context =>
        {
            if (context.Request.Path == "/circuit")
            {
                context.Features.Get<IOnionConnectionFeature>()!.CloseCircuit();
            }

            context.Abort();
            return Task.CompletedTask;
        });
        var stream = host.Onion.Visit();
        using var visitor = host.Onion.CreateClient(visit: () => stream);
        await Assert.ThrowsAsync<HttpRequestException>(() => visitor.GetStringAsync("/circuit"));
        await stream.Disposed.WaitAsync(Patience);
        Assert.Equal(1, stream.ClosedCircuits);
        Assert.Empty(host.Logs.AtLeast(LogLevel.Error));
    }

    [Fact]
    public async Task StoppingLetsARunningRequestFinishAndClosesIdleConnections()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await OnionTestHost.StartAsync(async context =>
        {
            if (context.Request.Path == "/slow")
            {
                running.SetResult();
                await release.Task;
            }

            await context.Response.WriteAsync("done");
        });
        var idle = host.Onion.Visit();
        using var idleClient = host.Onion.CreateClient(visit: () => idle);
        Assert.Equal("done", await idleClient.GetStringAsync("/"));
        var busy = host.Onion.Visit();
        using var busyClient = host.Onion.CreateClient(visit: () => busy);
        var answer = busyClient.GetStringAsync("/slow");
        await running.Task.WaitAsync(Patience);
        var acceptor = host.Onion.Acceptor();

        var stop = host.StopAsync();
        await idle.Disposed.WaitAsync(Patience);
        Assert.True(acceptor.IsUnbound);
        Assert.False(acceptor.IsDisposed);
        release.SetResult();
        Assert.Equal("done", await answer.WaitAsync(Patience));
        await stop.WaitAsync(Patience);
        Assert.True(acceptor.IsDisposed);
        Assert.Equal(0, busy.Aborts);
        Assert.Equal("", string.Join("\n", host.Logs.AtLeast(LogLevel.Warning)));
    }

    [Fact]
    public async Task ARequestThatOutlivesTheShutdownTimeoutIsAborted()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await OnionTestHost.StartAsync(
            app => app.Run(async context =>
            {
                running.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }),
            shutdownTimeout: TimeSpan.FromMilliseconds(300));
        var stream = host.Onion.Visit(abortThrows: true);
        await stream.ToService.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await running.Task.WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);
        await stream.Disposed.WaitAsync(Patience);
        Assert.True(stream.Aborts >= 1);
        Assert.True(host.Onion.Acceptor().IsDisposed);
    }

    [Fact]
    public async Task Http2WorksOnAPortOfItsOwn()
    {
        await using var host = await OnionTestHost.StartAsync(
            context => context.Response.WriteAsync(context.Request.Protocol),
            kestrel =>
            {
                kestrel.Listen(new OnionEndPoint("blog"));
                kestrel.Listen(new OnionEndPoint("blog", 8080), listen => listen.Protocols = HttpProtocols.Http2);
            });
        using var http1 = host.Onion.CreateClient();
        using var http2 = host.Onion.CreateClient(port: 8080);
        http2.DefaultRequestVersion = HttpVersion.Version20;
        http2.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        Assert.Equal("HTTP/1.1", await http1.GetStringAsync("/"));
        Assert.Equal("HTTP/2", await http2.GetStringAsync("/"));
        var many = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => http2.GetStringAsync("/")));
        Assert.All(many, protocol => Assert.Equal("HTTP/2", protocol));
    }

    [Fact]
    public async Task HttpsSwapsTheTransportAndWorks()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=onion", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var host = await OnionTestHost.StartAsync(
            context => context.Response.WriteAsync($"{context.Request.Scheme} {context.Request.Protocol}"),
            kestrel => kestrel.Listen(new OnionEndPoint("blog", 443), listen => listen.UseHttps(certificate)));
        Assert.Contains($"https://{FakeOnion.AddressOf("blog")}:443", host.Addresses);
        using var visitor = host.Onion.CreateClient(port: 443, https: true);
        visitor.DefaultRequestVersion = HttpVersion.Version20;
        Assert.Equal("https HTTP/2", await visitor.GetStringAsync("/"));
    }

    [Fact]
    public async Task AWebSocketEchoes()
    {
        await using var host = await OnionTestHost.StartAsync(app =>
        {
            app.UseWebSockets();
            app.Run(async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[1024];
                var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
                await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, true, context.RequestAborted);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
            });
        });
        using var socket = new ClientWebSocket();
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, _) => new(new FakeVisitorStream(host.Onion.Visit())) };
        using var invoker = new HttpMessageInvoker(handler);
        await socket.ConnectAsync(new Uri($"ws://{FakeOnion.AddressOf("blog")}/"), invoker, CancellationToken.None).WaitAsync(Patience);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var answer = new byte[16];
        var result = await socket.ReceiveAsync(answer, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal("hello"u8.ToArray(), answer[..result.Count]);
    }

    [Fact]
    public async Task ABodyOf100MegabytesArrivesWhole()
    {
        const int Size = 100_000_000;
        await using var host = await OnionTestHost.StartAsync(async context =>
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            var hash = await SHA256.HashDataAsync(context.Request.Body);
            await context.Response.WriteAsync(Convert.ToHexString(hash));
        });
        var body = new byte[Size];
        new Random(1).NextBytes(body);
        using var visitor = host.Onion.CreateClient();
        using var response = await visitor.PostAsync("/", new ByteArrayContent(body));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await response.Content.ReadAsStringAsync());
    }
}
