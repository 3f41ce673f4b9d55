using OnionHost.Network.Authority;

namespace OnionHost.Network.Tests.Authority;

/// <summary>A few authorities' keys that all tests share, because long RSA keys take time to make.</summary>
internal static class PaperKeys
{
    private static readonly Lazy<AuthorityKeys>[] Keys =
        [.. Enumerable.Range(0, 5).Select(_ => new Lazy<AuthorityKeys>(() => AuthorityKeys.Generate(AuthorityFixture.Start.AddDays(-1), fleetingBits: 1024)))];

    /// <summary>One of the keys; nobody disposes it.</summary>
    public static AuthorityKeys Take(int index) => Keys[index].Value;
}
