using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Directory;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory;

public sealed class ExitPolicyTests
{
    [Fact]
    public void Summaries_are_those_of_stock()
    {
        foreach (var vector in Vectors.Load("policy_summary.json").GetProperty("summaries").EnumerateArray())
        {
            var policy = ExitPolicy.Parse(vector.GetProperty("policy").GetString()!);
            Assert.Equal(vector.GetProperty("summary_v4").GetString(), policy.Summarize().ToString());
            Assert.Equal(vector.GetProperty("summary_v6").GetString(), policy.Summarize(AddressFamily.InterNetworkV6).ToString());
        }
    }

    [Fact]
    public void Short_policies_skip_what_is_no_port()
    {
        foreach (var vector in Vectors.Load("policy_summary.json").GetProperty("short_policy_parse").EnumerateArray())
        {
            Assert.Equal(vector.GetProperty("parsed").GetString(), ExitPolicySummary.Parse(vector.GetProperty("input").GetString()!).ToString());
        }
    }

    [Theory]
    [InlineData("allow 80")]
    [InlineData("accept")]
    [InlineData("accept ")]
    [InlineData("accept 0,70000")]
    public void Wrong_short_policies_are_refused(string text) => Assert.Throws<ProtocolException>(() => ExitPolicySummary.Parse(text));

    [Theory]
    [InlineData("accept 80,100-200", 80, true)]
    [InlineData("accept 80,100-200", 150, true)]
    [InlineData("accept 80,100-200", 81, false)]
    [InlineData("reject 25", 25, false)]
    [InlineData("reject 25", 26, true)]
    public void A_summary_opens_ports(string text, int port, bool allowed) => Assert.Equal(allowed, ExitPolicySummary.Parse(text).Allows(port));

    [Theory]
    [InlineData("accept 10.0.0.0/8:80,reject *:*", "10.255.0.1", 80, true)]
    [InlineData("accept 10.0.0.0/8:80,reject *:*", "11.0.0.1", 80, false)]
    [InlineData("accept 10.0.0.0/255.0.0.0:80", "10.1.2.3", 80, true)]
    [InlineData("accept 10.0.0.0/255.0.0.0:80", "10.1.2.3", 81, false)]
    [InlineData("reject private:*,accept *:*", "127.0.0.1", 80, false)]
    [InlineData("reject private:*,accept *:*", "::1", 80, false)]
    [InlineData("reject private:*,accept *:*", "::ffff:127.0.0.1", 80, false)]
    [InlineData("reject private:*,accept *:*", "9.9.9.9", 80, true)]
    [InlineData("accept *4:80", "2600::1", 80, false)]
    [InlineData("accept *6:80", "2600::1", 80, true)]
    [InlineData("accept6 *:80", "1.2.3.4", 80, false)]
    [InlineData("accept [2600::]/16:1-90", "2600:1::1", 80, true)]
    [InlineData("accept 2600::/16", "2600:1::1", 443, true)]
    [InlineData("accept 1.2.3.4", "1.2.3.4", 443, true)]
    [InlineData("", "1.2.3.4", 443, false)]
    public void The_first_rule_that_matches_decides(string policy, string address, int port, bool allowed) =>
        Assert.Equal(allowed, ExitPolicy.Parse(policy).Allows(IPAddress.Parse(address), port));

    [Theory]
    [InlineData("accept")]
    [InlineData("accept *:0")]
    [InlineData("accept *:80-70")]
    [InlineData("accept *:")]
    [InlineData("accept 1.2.3.4/33:*")]
    [InlineData("accept 1.2.3.4/255.0.255.0:*")]
    [InlineData("accept host:80")]
    [InlineData("permit *:80")]
    [InlineData("accept [::1%1]:80")]
    [InlineData("accept []:80")]
    public void Wrong_rules_are_refused(string policy) => Assert.Throws<ProtocolException>(() => ExitPolicy.Parse(policy));

    [Fact]
    public void Lines_are_read_back()
    {
        var lines = ExitPolicy.Default.DescriptorLines();
        Assert.Equal("reject 0.0.0.0/8:*", lines[0]);
        Assert.DoesNotContain(lines, l => l.Contains('[', StringComparison.Ordinal));
        Assert.True(ExitPolicy.Default.Rules.SequenceEqual(ExitPolicy.Parse(ExitPolicy.Default.ToString()).Rules));
        Assert.Equal("reject 25,119,135-139,445,563,1214,4661-4666,6346-6429,6699,6881-6999", ExitPolicy.Default.Summarize().ToString());
        Assert.Equal(["reject *:*"], ExitPolicy.Parse("accept6 *:80").DescriptorLines());
        Assert.False(ExitPolicy.AcceptAll.WithoutPrivateNetworks().Allows(IPAddress.Loopback, 1));
    }

    [Fact]
    public void Any_text_gives_a_policy_or_a_protocol_exception() =>
        Prop.ForAll<string>(text =>
        {
            foreach (var candidate in new[] { text ?? string.Empty, "accept " + text, "reject6 [" + text })
            {
                try
                {
                    _ = ExitPolicy.Parse(candidate).Summarize();
                    _ = ExitPolicySummary.Parse(candidate);
                }
                catch (ProtocolException)
                {
                }
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("accept *:*", "10.0.0.1", 80, false)]
    [InlineData("accept 10.0.0.0/8:80,accept *:*", "10.0.0.1", 80, true)]
    [InlineData("accept 10.0.0.0/8:80,accept *:*", "10.0.0.1", 81, false)]
    [InlineData("reject *:25,accept 10.0.0.0/8:*,accept *:*", "10.0.0.1", 25, false)]
    [InlineData("reject *:25,accept 10.0.0.0/8:*,accept *:*", "10.0.0.1", 26, true)]
    [InlineData("reject *:25,accept 10.0.0.0/8:*,accept *:*", "127.0.0.1", 26, false)]
    [InlineData("accept 0.0.0.0/0:*", "10.0.0.1", 80, false)]
    [InlineData("accept *:*,accept 10.0.0.0/8:*", "10.0.0.1", 80, false)]
    public void Private_networks_are_open_only_by_name(string policy, string address, int port, bool isOpen) =>
        Assert.Equal(isOpen, ExitPolicy.Parse(policy).WithoutPrivateNetworks().Allows(IPAddress.Parse(address), port));
}
