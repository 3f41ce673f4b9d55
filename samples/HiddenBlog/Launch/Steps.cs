namespace HiddenBlog.Launch;

/// <summary>Passes steps on at once and in order; the framework's own <c>Progress</c> would let them overtake each other.</summary>
internal sealed class Steps(Action<Step> show) : IProgress<Step>
{
    private readonly Lock _lock = new();
    private int _percent;
    private string? _last;

    public void Report(Step value)
    {
        lock (_lock)
        {
            if (value.Text == _last && value.Percent <= _percent)
            {
                return;
            }

            _last = value.Text;
            _percent = Math.Max(_percent, value.Percent);
            show(value with { Percent = _percent });
        }
    }
}
