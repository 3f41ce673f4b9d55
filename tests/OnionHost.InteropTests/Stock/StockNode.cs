using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace OnionHost.InteropTests;

/// <summary>One daemon of a stock network.</summary>
/// <param name="Nickname">Its name, such as <c>relay1</c>.</param>
/// <param name="Description">What the kit says of it.</param>
public sealed record StockNode(string Nickname, JsonElement Description)
{
    public const string InfoLogName = "info.log";

    /// <summary>Hexadecimal, without a dollar sign; only relays have one.</summary>
    public string Fingerprint => Text("fingerprint");

    public IPEndPoint OrPort => Port("or_port");

    public IPEndPoint SocksPort => Port("socks_port");

    public IPEndPoint ControlPort => Port("control_port");

    public string CookieFile => Text("control_cookie_file");

    /// <summary>The ClientOnionAuthDir of a client.</summary>
    public string OnionAuthFolder => Text("onion_auth_dir");

    public string InfoLog => Path.Combine(Text("directory"), InfoLogName);

    public string NoticeLog => Text("log");

    /// <summary>The process of the moment.</summary>
    public int Pid => int.Parse(File.ReadAllText(Text("pid_file")), CultureInfo.InvariantCulture);

    /// <summary>Sends a signal, such as <c>STOP</c>, <c>CONT</c> or <c>KILL</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private string Text(string name) => Description.GetProperty(name).GetString()!;

    private IPEndPoint Port(string name) => new(IPAddress.Loopback, Description.GetProperty(name).GetInt32());
}
