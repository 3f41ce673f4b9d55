using OnionHost.Network;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;

namespace OnionHost.Cli.Tests.Commands;

/// <summary>Master keys that stay elsewhere.</summary>
public sealed class KeysCommandTests : IDisposable
{
    private const string MasterSecret = "keys/ed25519_master_id_secret_key";

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_relay_gets_all_but_the_masters_secret_and_runs_with_it()
    {
        var made = (await ToolRun.Of($"keys make --master {_folder["safe"]} --data {_folder["relay"]} --json")).Events[0];
        Assert.True(File.Exists(_folder["safe/" + MasterSecret]));
        Assert.False(File.Exists(_folder["relay/" + MasterSecret]));
        var first = Load(out var identity);
        Assert.Equal(made.GetProperty("identity").GetString(), identity);

        var signed = await ToolRun.Of($"keys sign --master {_folder["safe"]} --data {_folder["relay"]} --lifetime 90d");
        Assert.Equal(0, signed.Code);
        Assert.Contains(identity, signed.Out, StringComparison.Ordinal);
        Assert.InRange(Load(out var again) - first, TimeSpan.FromDays(59), TimeSpan.FromDays(61));
        Assert.Equal(identity, again);
    }

    [Fact]
    public async Task Without_the_relays_directory_the_files_to_copy_are_named()
    {
        var run = await ToolRun.Of($"keys make --master {_folder["safe"]}");
        Assert.Contains("ed25519_master_id_public_key, ed25519_signing_secret_key, ed25519_signing_cert", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("ed25519_master_id_secret_key", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_a_relay_can_be_moved_away()
    {
        await ToolRun.Of($"keys make --master {_folder["relay"]}");
        Directory.CreateDirectory(_folder["safe/keys"]);
        File.Move(_folder["relay/" + MasterSecret], _folder["safe/" + MasterSecret]);
        Assert.Equal(0, (await ToolRun.Of($"keys sign --master {_folder["safe"]} --data {_folder["relay"]}")).Code);
        Load(out _);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused()
    {
        await ToolRun.Of($"keys make --master {_folder["safe"]} --data {_folder["relay"]}");
        await ToolRun.Of($"keys make --master {_folder["other"]}");
        var again = await ToolRun.Of($"keys make --master {_folder["safe"]}");
        Assert.Equal(ExitCode.KeyUnusable, again.Code);
        Assert.Contains("keys sign", again.Error, StringComparison.Ordinal);
        var foreign = await ToolRun.Of($"keys sign --master {_folder["other"]} --data {_folder["relay"]}");
        Assert.Equal(ExitCode.KeyUnusable, foreign.Code);
        Assert.Contains("another master identity", foreign.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, (await ToolRun.Of($"keys sign --master {_folder["nowhere"]}")).Code);

        Directory.CreateDirectory(_folder["locked/keys"]);
        _folder.Write("locked/keys/ed25519_master_id_secret_key_encrypted", "x");
        Assert.Contains("password", (await ToolRun.Of($"keys sign --master {_folder["locked"]}")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.KeyUnusable, (await ToolRun.Of($"keys make --master {_folder["locked"]}")).Code);
    }

    [Theory]
    [InlineData("keys sign", "--master: it is missing")]
    [InlineData("keys sign --master /a --data /a", "--data: it is the same directory")]
    [InlineData("keys make --master /a --lifetime 1h", "--lifetime: '1h' is out of range")]
    public async Task Wrong_options_are_told(string commandLine, string expected)
    {
        var run = await ToolRun.Of(commandLine);
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private DateTimeOffset Load(out string identity)
    {
        using var keys = RelayKeys.LoadOrCreate(new NodeContext(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance), _folder["relay"]);
        identity = keys.Identity.ToString();
        return keys.SigningCertificate.Expiration;
    }
}
