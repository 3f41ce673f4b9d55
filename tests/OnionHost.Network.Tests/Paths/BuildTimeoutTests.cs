using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Paths;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Paths;

public sealed class BuildTimeoutTests : IDisposable
{
    private static readonly TimeSpan Initial = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _clock = new();
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("onionhost-times-").FullName;
    private NetworkParameters _parameters = NetworkParameters.Empty;

    private string FilePath => Path.Combine(_folder, "build-times.json");

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_learned_from_a_hundred_circuits()
    {
        var timeout = Create();
        Assert.Equal((Initial, Initial), (timeout.Current, timeout.Close));
        Build(timeout, 99);
        Assert.Equal(Initial, timeout.Current);
        Build(timeout, 1);
        Assert.InRange(timeout.Current, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(11));
        Assert.Equal(Initial, timeout.Close);
        Assert.Equal(timeout.Current * (10 / 6.0), timeout.For(4));
        Assert.Equal(timeout.Current, timeout.For(3));
        Assert.Equal(timeout.Current, timeout.For(1));
    }

    [Fact]
    public void The_consensus_sets_its_numbers()
    {
        _parameters = NetworkParameters.Parse(["cbtinitialtimeout=40000", "cbtmincircs=10", "cbtmintimeout=12000"]);
        var timeout = Create();
        Assert.Equal(TimeSpan.FromSeconds(40), timeout.Current);
        Build(timeout, 10);
        Assert.Equal(TimeSpan.FromSeconds(12), timeout.Current);
        _parameters = NetworkParameters.Parse(["cbtdisabled=1"]);
        Assert.Equal(Initial, timeout.Current);
    }

    [Fact]
    public void A_fast_network_does_not_make_it_hasty()
    {
        var timeout = Create();
        for (var i = 0; i < 200; i++)
        {
            timeout.Built(TimeSpan.FromMilliseconds(20), wasLate: false);
        }

        Assert.Equal(BuildTimeoutParameters.Least, timeout.Current);
    }

    [Fact]
    public void When_nearly_all_circuits_are_late_it_begins_anew_and_doubles_when_that_does_not_help()
    {
        var timeout = Create();
        Build(timeout, 100);
        Late(timeout, 17);
        Assert.NotEqual(Initial, timeout.Current);
        Late(timeout, 1);
        Assert.Equal(Initial, timeout.Current);
        Late(timeout, 18);
        Assert.Equal(2 * Initial, timeout.Current);
        Late(timeout, 180);
        Assert.Equal(TimeSpan.FromMinutes(10), timeout.Current);
        Build(timeout, 100);
        Assert.InRange(timeout.Current, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public void Circuits_in_time_between_late_ones_keep_what_was_learned()
    {
        var timeout = Create();
        Build(timeout, 100);
        var before = timeout.Current;
        for (var i = 0; i < 10; i++)
        {
            Late(timeout, 9);
            timeout.Built(before, wasLate: false);
        }

        Assert.NotEqual(Initial, timeout.Current);
    }

    [Fact]
    public void Without_any_network_nothing_is_learned()
    {
        _parameters = NetworkParameters.Parse(["cbtmincircs=1"]);
        var timeout = Create(FilePath);
        _clock.Advance(TimeSpan.FromMinutes(1));
        timeout.Abandoned(_clock.GetTimestamp());
        timeout.Save();
        Assert.False(File.Exists(FilePath));
        timeout.Answered();
        timeout.Abandoned(_clock.GetTimestamp());
        timeout.Save();
        Assert.True(File.Exists(FilePath));
    }

    [Fact]
    public void A_clock_that_jumped_teaches_nothing()
    {
        var timeout = Create(FilePath);
        timeout.Built(TimeSpan.FromHours(8), wasLate: true);
        timeout.Save();
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void It_survives_a_restart()
    {
        var first = Create(FilePath);
        Build(first, 150);
        first.Save();
        var again = Create(FilePath);
        Assert.InRange(again.Current / first.Current, 0.95, 1.05);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":7,\"bins\":[]}")]
    [InlineData("{\"version\":1,\"bins\":null}")]
    [InlineData("{\"version\":1,\"bins\":[null,{\"ms\":-5,\"count\":3},{\"ms\":5,\"count\":-3}]}")]
    [InlineData("{\"version\":1,\"bins\":[{\"ms\":2147483647,\"count\":2147483647},{\"ms\":5,\"count\":2147483647}]}")]
    public void A_damaged_file_does_not_stop_a_client(string content)
    {
        File.WriteAllText(FilePath, content);
        Assert.True(Create(FilePath).Current > TimeSpan.Zero);
    }

    /// <summary>Circuits that take about nine seconds.</summary>
    private static void Build(BuildTimeout timeout, int count)
    {
        for (var i = 0; i < count; i++)
        {
            timeout.Built(TimeSpan.FromMilliseconds(8000 + (i * 37 % 100 * 30)), wasLate: false);
        }
    }

    private static void Late(BuildTimeout timeout, int count)
    {
        for (var i = 0; i < count; i++)
        {
            timeout.TimedOut();
        }
    }

    private BuildTimeout Create(string? path = null) =>
        new(new NodeContext(_clock, new SeededRandom(3), NullLoggerFactory.Instance), () => _parameters, path);
}
