using System.Net.Sockets;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.Transport.Tests;

public class OnionEndPointTests
{
    [Fact]
    public void PrintsTheNameUntilItIsBoundAndTheAddressAfterwards()
    {
        var address = FakeOnion.AddressOf("blog");
        Assert.Equal("blog", new OnionEndPoint("blog").ToString());
        Assert.Equal("blog:8080", new OnionEndPoint("blog", 8080).ToString());
        Assert.Equal(address.ToString(), new OnionEndPoint("blog").Resolve(address).ToString());
        Assert.Equal($"{address}:443", new OnionEndPoint("blog", 443).Resolve(address).ToString());
    }

    [Fact]
    public void HasAnAddressFamilyAndEquality()
    {
        var address = FakeOnion.AddressOf("blog");
        Assert.Equal(AddressFamily.Unspecified, new OnionEndPoint("blog").AddressFamily);
        Assert.Equal(new OnionEndPoint("blog", 80), new OnionEndPoint("blog"));
        Assert.Equal(new OnionEndPoint("blog").GetHashCode(), new OnionEndPoint("blog").GetHashCode());
        Assert.NotEqual(new OnionEndPoint("blog", 81), new OnionEndPoint("blog"));
        Assert.NotEqual(new OnionEndPoint("Blog"), new OnionEndPoint("blog"));
        Assert.NotEqual(new OnionEndPoint("blog").Resolve(address), new OnionEndPoint("blog"));
        Assert.False(new OnionEndPoint("blog").Equals(null));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("my.onion")]
    [InlineData("a/b")]
    [InlineData("..")]
    public void RefusesWhatIsNoServiceName(string name) => Assert.ThrowsAny<ArgumentException>(() => new OnionEndPoint(name));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void RefusesWhatIsNoPort(int port) => Assert.Throws<ArgumentOutOfRangeException>(() => new OnionEndPoint("blog", port));
}
