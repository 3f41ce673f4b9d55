using System.Globalization;
using System.Text;
using System.Xml;
using HiddenBlog.Pages;
using HiddenBlog.Posts;
using HiddenBlog.Prose;

namespace HiddenBlog.Endpoints;

/// <summary>The public posts as an Atom feed.</summary>
internal static class FeedEndpoint
{
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const int Entries = 20;

    public static void MapFeed(this IEndpointRouteBuilder app) => app.MapGet("/feed.xml", (HttpContext context, BlogStore store) =>
    {
        // Never the host that was asked for: a cookie may stand before it, and feeds are passed around.
        var host = context.GetOnion()?.Service.ToString() ?? context.Request.Host.Value;
        return Results.Bytes(Write($"http://{host}", store.Posts(members: false, Entries)), "application/atom+xml; charset=utf-8");
    });

    private static byte[] Write(string address, IReadOnlyList<Post> posts)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true }))
        {
            xml.WriteStartElement("feed", Atom);
            xml.WriteElementString("id", Atom, address + "/");
            xml.WriteElementString("title", Atom, Site.Name);
            xml.WriteElementString("subtitle", Atom, Site.Motto);
            xml.WriteElementString("updated", Atom, Instant(posts.Count > 0 ? posts[0].Published : default));
            WriteLink(xml, "self", address + "/feed.xml");
            WriteLink(xml, "alternate", address + "/");
            foreach (var post in posts)
            {
                WriteEntry(xml, address, post);
            }

            xml.WriteEndElement();
        }

        return buffer.ToArray();
    }

    private static void WriteEntry(XmlWriter xml, string address, Post post)
    {
        var link = $"{address}/posts/{post.Slug}";
        xml.WriteStartElement("entry", Atom);
        xml.WriteElementString("id", Atom, link);
        xml.WriteElementString("title", Atom, post.Title);
        xml.WriteElementString("updated", Atom, Instant(post.Published));
        WriteLink(xml, "alternate", link);
        xml.WriteStartElement("author", Atom);
        xml.WriteElementString("name", Atom, Site.Name);
        xml.WriteEndElement();
        xml.WriteElementString("summary", Atom, ProseReader.Excerpt(post.Body, 300));
        xml.WriteEndElement();
    }

    private static void WriteLink(XmlWriter xml, string relation, string address)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("href", address);
        xml.WriteEndElement();
    }

    private static string Instant(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T00:00:00Z";
}
