using HiddenBlog.Launch;
using Microsoft.Data.Sqlite;

namespace HiddenBlog.Posts;

/// <summary>Posts and comments, in one SQLite file.</summary>
internal sealed class BlogStore(string file, TimeProvider time)
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS posts (
            id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL, body TEXT NOT NULL,
            published INTEGER NOT NULL, members_only INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS comments (
            id INTEGER PRIMARY KEY, post INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
            name TEXT NOT NULL, body TEXT NOT NULL, written INTEGER NOT NULL, by_owner INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX IF NOT EXISTS comments_by_post ON comments (post);
        """;

    private const string PostColumns =
        "SELECT id, slug, title, body, published, members_only, (SELECT COUNT(*) FROM comments WHERE post = posts.id) FROM posts ";

    private readonly string _connection = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 5 }.ToString();

    private int Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber;

    /// <summary>Makes the tables, and the first posts where there is none.</summary>
    /// <exception cref="LaunchException">The file is no database of ours, or cannot be written.</exception>
    public void Open()
    {
        try
        {
            Run(Schema);
            if (Posts(members: true).Count == 0)
            {
                foreach (var (title, body, membersOnly) in FirstPosts.All)
                {
                    Add(title, body, membersOnly);
                }
            }
        }
        catch (SqliteException fault)
        {
            throw new LaunchException($"The posts in {file} cannot be opened: {fault.Message} Move the file away to begin anew.", fault);
        }
    }

    /// <summary>The posts, newest first; those for members only with <paramref name="members"/>.</summary>
    public IReadOnlyList<Post> Posts(bool members, int limit = 100) =>
        Query(PostColumns + "WHERE members_only <= $members ORDER BY published DESC, id DESC LIMIT $limit", ReadPost,
            ("$members", members ? 1 : 0), ("$limit", limit));

    public Post? Find(string slug) => Query(PostColumns + "WHERE slug = $slug", ReadPost, ("$slug", slug)).FirstOrDefault();

    public IReadOnlyList<Comment> Comments(long post) =>
        Query("SELECT id, name, body, written, by_owner FROM comments WHERE post = $post ORDER BY id",
            row => new Comment(row.GetInt64(0), row.GetString(1), row.GetString(2), DateOnly.FromDayNumber(row.GetInt32(3)), row.GetBoolean(4)),
            ("$post", post));

    /// <summary>Adds a post under a slug of its own.</summary>
    /// <returns>The slug.</returns>
    public string Add(string title, string body, bool membersOnly)
    {
        var wish = Slug.Of(title);
        for (var copy = 1; ; copy++)
        {
            var slug = copy == 1 ? wish : $"{wish}-{copy}";
            var added = Run(
                "INSERT OR IGNORE INTO posts (slug, title, body, published, members_only) VALUES ($slug, $title, $body, $today, $members)",
                ("$slug", slug), ("$title", title), ("$body", body), ("$today", Today), ("$members", membersOnly));
            if (added == 1)
            {
                return slug;
            }
        }
    }

    public bool Change(string slug, string title, string body, bool membersOnly) =>
        Run("UPDATE posts SET title = $title, body = $body, members_only = $members WHERE slug = $slug",
            ("$slug", slug), ("$title", title), ("$body", body), ("$members", membersOnly)) == 1;

    public bool Remove(string slug) => Run("DELETE FROM posts WHERE slug = $slug", ("$slug", slug)) == 1;

    public void AddComment(long post, string name, string body, bool byOwner) =>
        Run("INSERT INTO comments (post, name, body, written, by_owner) VALUES ($post, $name, $body, $today, $owner)",
            ("$post", post), ("$name", name), ("$body", body), ("$today", Today), ("$owner", byOwner));

    public void RemoveComment(long id) => Run("DELETE FROM comments WHERE id = $id", ("$id", id));

    private static Post ReadPost(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), DateOnly.FromDayNumber(row.GetInt32(4)), row.GetBoolean(5), row.GetInt32(6));

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object Value)[] values)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = Command(connection, sql, values);
        using var rows = command.ExecuteReader();
        List<T> result = [];
        while (rows.Read())
        {
            result.Add(read(rows));
        }

        return result;
    }

    private int Run(string sql, params (string Name, object Value)[] values)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
