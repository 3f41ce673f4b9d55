using System.Text;

namespace OnionHost.Network.Tests.Socks;

/// <summary>User names and passwords as isolation keys.</summary>
public sealed class SocksIsolationTests : SocksServerTest
{
    [Fact]
    public async Task Authentication_isolates()
    {
        byte[][] logins = [Login("a", "b"), Login("a", ""), Login("", "b"), Login("ab", ""), Login("<torS0X>0", "b"), Login("<torS0X>0", "")];
        foreach (var login in logins)
        {
            using var client = await ConnectAsync([5, 2, 0, 2, .. login, .. Request("echo", 80)], read: 2);
            Assert.Equal(new byte[] { 1, 0 }, await ReadAsync(client, 2));
            await ReadAsync(client, 10);
        }

        Assert.Equal(logins.Length, Dialer.Dialed.Select(d => d.Isolation).Distinct().Count());
    }

    [Fact]
    public async Task Unknown_extended_parameters_are_refused()
    {
        foreach (var user in new[] { "<torS0X>", "<torS0X>1", "<torS0X>0x" })
        {
            using var client = await ConnectAsync([5, 1, 2, .. Login(user, "x")], read: 2);
            Assert.Equal(new byte[] { 1, 1 }, await ReadToEndAsync(client));
        }
    }

    [Fact]
    public async Task Authentication_that_was_not_asked_for_is_taken()
    {
        using var client = await ConnectAsync([5, 1, 0, .. Login("u", "p"), .. Request("echo", 80)], read: 2);
        Assert.Equal(new byte[] { 1, 0 }, await ReadAsync(client, 2));
        Assert.Equal(0, (await ReadAsync(client, 10))[1]);
    }

    private static byte[] Login(string user, string password) =>
        [1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), (byte)password.Length, .. Encoding.ASCII.GetBytes(password)];
}
