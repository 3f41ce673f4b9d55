using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OnionHost.Network.Directory.Http.Compression;
using OnionHost.Protocol;

namespace OnionHost.Network.Tests.Directory;

/// <summary>Every encoding that this machine has, in both directions, and whatever a peer may send instead.</summary>
public sealed class ContentCodingTests
{
    // Made by xz 5.8 (--format=lzma) and zstd 1.5, of the lines below.
    private const string Lzma = "XQAAgAD//////////wA3GUrwW/gXdZV8dmFEkRt+gdMlpNZZGqXnwmgdhg/neMU+6U8FhCwnvz2DZNHNnfXouuKshBwaE3GlHbpw8rcoraEsApJDzyw94dUf//wKEAA=";
    private const string Zstd = "KLUv/WDCAHUCAKQCbmV0d29yay1zdGF0dXMgbGluZSAwCjEyMzQ1Njc4OTExMTExMTExMTkKE6gwev83EMOJHhD+b8Qe6M8zXzbyxxN/YQNcEoDgIsFJAQ==";

    private static readonly byte[] Lines =
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20).Select(i => string.Create(CultureInfo.InvariantCulture, $"network-status line {i}\n"))));

    private static readonly ContentCoding[] Codings =
        [.. new ContentCoding[] { new LzmaCoding(), new ZstdCoding(), StreamCoding.Deflate, StreamCoding.Gzip }.Where(coding => coding.IsAvailable)];

    public static TheoryData<string> Names => [.. Codings.Select(coding => coding.Name)];

    [SkippableTheory]
    [InlineData("x-tor-lzma", Lzma)]
    [InlineData("x-zstd", Zstd)]
    public void What_the_usual_programs_compress_is_read(string name, string base64)
    {
        Skip.IfNot(Codings.Any(coding => coding.Name == name), $"This machine has no library for {name}: install liblzma5 and libzstd1.");
        Assert.Equal(Lines, Named(name).Decompress(Convert.FromBase64String(base64), Lines.Length));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_is_compressed_comes_back(string name) =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), body => Named(name).Decompress(Named(name).Compress(body), body.Length).AsSpan().SequenceEqual(body))
            .QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Names))]
    public void Long_bodies_come_back_and_are_shorter(string name)
    {
        var body = Enumerable.Repeat(Lines, 1000).SelectMany(lines => lines).ToArray();
        var compressed = Named(name).Compress(body);
        Assert.True(compressed.Length < body.Length / 20, $"{compressed.Length} bytes of {body.Length}");
        Assert.Equal(body, Named(name).Decompress(compressed, body.Length));
    }

    [Theory]
    [InlineData("x-tor-lzma", "5D0000")]
    [InlineData("x-zstd", "28B52FFD")]
    [InlineData("gzip", "1F8B")]
    public void Stock_guesses_the_encoding_from_the_first_bytes(string name, string start)
    {
        if (Array.Find(Codings, coding => coding.Name == name) is { } coding)
        {
            Assert.All([1, 100, 70_000], size => Assert.StartsWith(start, Convert.ToHexString(coding.Compress(new byte[size])), StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_body_that_grows_beyond_the_limit_is_refused(string name)
    {
        var compressed = Named(name).Compress(new byte[5_000_000]);
        Assert.Contains("longer than 4999999 bytes", Assert.Throws<ProtocolException>(() => Named(name).Decompress(compressed, 4_999_999)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-tor-lzma")]
    [InlineData("x-zstd")]
    public void A_body_that_ends_too_soon_is_refused(string name)
    {
        if (Array.Find(Codings, coding => coding.Name == name) is not { } coding)
        {
            return; // No such library here; the case above says so.
        }

        var compressed = coding.Compress(Lines);
        for (var length = 1; length < compressed.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => coding.Decompress(compressed.AsSpan(0, length), Lines.Length));
        }

        Assert.Throws<ProtocolException>(() => coding.Decompress([.. compressed, 1], Lines.Length));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutilated_bodies_are_refused_or_read_and_nothing_else(string name)
    {
        var compressed = Named(name).Compress(Lines);
        var cuts = ArbMap.Default.GeneratorFor<byte[]>().Zip(Gen.Choose(0, compressed.Length - 1)).ToArbitrary();
        Prop.ForAll(cuts, cut =>
        {
            byte[] body = [.. compressed.AsSpan(0, cut.Item2), .. cut.Item1, .. compressed.AsSpan(cut.Item2)];
            try
            {
                return Named(name).Decompress(body, 10_000).Length <= 10_000;
            }
            catch (ProtocolException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Slow_encodings_are_for_documents_that_are_kept_and_anonymous_answers_say_nothing_of_the_machine()
    {
        const string All = "x-tor-lzma, x-zstd, deflate, gzip, identity";
        Assert.Equal(Codings[0].Name, ContentCodings.Choose(All, false, isAnonymous: false, isKept: true)?.Name);
        Assert.NotEqual("x-tor-lzma", ContentCodings.Choose(All, false, isAnonymous: false, isKept: false)?.Name);
        Assert.Equal("deflate", ContentCodings.Choose(All, false, isAnonymous: true, isKept: true)?.Name);
        Assert.Equal("deflate", ContentCodings.Choose(null, isDeflateAcceptable: true, isAnonymous: false, isKept: true)?.Name);
        Assert.Null(ContentCodings.Choose("br, identity", false, isAnonymous: false, isKept: true));
        Assert.All(Codings.Where(coding => !coding.IsUniversal), coding =>
            Assert.Throws<ProtocolException>(() => ContentCodings.Decompress(coding.Compress(Lines), coding.Name, Lines.Length, isAnonymous: true)));
        Assert.Throws<ProtocolException>(() => ContentCodings.Decompress(Lines, "br", Lines.Length, isAnonymous: false));
    }

    private static ContentCoding Named(string name) => Codings.Single(coding => coding.Name == name);
}
