namespace Edgec.Compile;

/// <summary>Hears how far a long phase is. The command line draws it; tests and libraries need none.</summary>
public interface IProgressSink
{
    /// <param name="phase">What is being done, as a person would say it: <c>calibrating</c>.</param>
    /// <param name="done">Units done so far.</param>
    /// <param name="total">Units there are.</param>
    void Report(string phase, int done, int total);
}

/// <summary>Hears and says nothing.</summary>
public sealed class SilentProgress : IProgressSink
{
    public static readonly SilentProgress Instance = new();

    public void Report(string phase, int done, int total)
    {
    }
}
