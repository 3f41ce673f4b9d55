namespace HiddenBlog.Endpoints;

/// <summary>
/// Leads on after a form was taken, so that a reload does not send it again. The way is a path alone: an absolute address could
/// lose or reveal the cookie that stands before the blog's.
/// </summary>
internal sealed class SeeOther : IResult
{
    private readonly string _path;

    private SeeOther(string path)
    {
        _path = path;
    }

    public static IResult To(string path) => new SeeOther(path);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = _path;
        return Task.CompletedTask;
    }
}
