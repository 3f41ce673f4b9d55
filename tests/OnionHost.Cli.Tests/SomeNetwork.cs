namespace OnionHost.Cli.Tests;

/// <summary>Lines of authorities that nobody runs.</summary>
internal static class SomeNetwork
{
    public static string Line(string nickname, int orPort, int dirPort) =>
        $"DirAuthority {nickname} orport={orPort} no-v2 v3ident={Digits(nickname, '0')} 127.0.0.1:{dirPort} {Digits(nickname, 'F')}";

    // Port 9 (discard) on loopback refuses connections.
    public static string Unreachable => string.Join('\n', Line("aa", 9, 9), Line("bb", 9, 9), Line("cc", 9, 9)) + "\n";

    private static string Digits(string nickname, char end) => string.Concat(nickname.Select(c => ((int)c).ToString("X2"))).PadRight(40, end)[..40];
}
