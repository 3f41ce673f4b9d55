using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.InteropTests.Relays;

/// <summary>Offline master keys, made by one program and used by the other.</summary>
public sealed class StockKeygenTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("onionhost-keygen").FullName;

    private static NodeContext Context => new(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_relay_of_ours_runs_with_what_stock_keygen_made()
    {
        StockNetwork.Require(StockKit.WhatIsMissing());
        await TorAsync("--keygen", "--no-passphrase");
        File.Delete(Path.Combine(_folder, "keys", "ed25519_master_id_secret_key"));

        using var keys = RelayKeys.LoadOrCreate(Context, _folder, leafKind: LinkLeafKind.EllipticCurve);

        Assert.True(keys.SigningCertificate.Verify(keys.Identity, TimeProvider.System.GetUtcNow()));
        Assert.Equal(1024, keys.RsaIdentity.Public.Bits);
    }

    [SkippableFact]
    public async Task Stock_tor_reads_the_signing_key_that_ours_made()
    {
        StockNetwork.Require(StockKit.WhatIsMissing());
        OfflineKeys.MakeSigningKey(Context, _folder, TimeSpan.FromDays(20));
        File.Delete(Path.Combine(_folder, "keys", "ed25519_master_id_secret_key"));

        var output = await TorAsync("--key-expiration", "sign", "--OfflineMasterKey", "1");

        Assert.Contains("signing-cert-expiry", output, StringComparison.Ordinal);
    }

    private async Task<string> TorAsync(params string[] arguments)
    {
        var torrc = Path.Combine(_folder, "torrc");
        await File.WriteAllTextAsync(torrc, string.Empty);
        var start = new ProcessStartInfo(
            "tor", [.. arguments, "-f", torrc, "--defaults-torrc", torrc, "--DataDirectory", _folder, "--ORPort", "9001", "--Nickname", "keygen"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("tor did not start.");
        using var late = new CancellationTokenSource(Limit);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(late.Token);
        var errors = process.StandardError.ReadToEndAsync(late.Token);
        await process.WaitForExitAsync(late.Token);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output + await errors;
    }
}
