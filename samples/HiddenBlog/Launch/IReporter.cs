namespace HiddenBlog.Launch;

/// <summary>Tells whoever started the blog how far it is.</summary>
internal interface IReporter
{
    /// <summary>Runs the start and shows its steps as they are reported: what was done, and how far the start is, 0 to 100.</summary>
    Task<BlogReady> ShowAsync(Func<IProgress<Step>, Task<BlogReady>> start);

    /// <summary>The blog can be read.</summary>
    void Ready(BlogReady ready);

    /// <summary>The blog ends, because somebody asked for it.</summary>
    void Stopping();

    /// <summary>It cannot go on.</summary>
    void Failed(string message);
}
