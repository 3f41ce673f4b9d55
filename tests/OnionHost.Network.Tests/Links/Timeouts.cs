namespace OnionHost.Network.Tests.Links;

/// <summary>Bounds so that a test that hangs ends; nothing is measured by them.</summary>
internal static class Timeouts
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);
}
