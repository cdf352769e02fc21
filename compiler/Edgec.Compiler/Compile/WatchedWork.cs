using Edgec.Runtime.Kernels;

namespace Edgec.Compile;

/// <summary>Independent pieces of work on all cores, whose progress is told.</summary>
internal static class WatchedWork
{
    /// <summary>Does the pieces and gives their results in order, each having a place of its own.</summary>
    /// <param name="phase">What <paramref name="progress"/> hears.</param>
    /// <param name="done">Pieces done in earlier calls of the same phase.</param>
    public static T[] Map<T>(int count, Func<int, T> piece, IProgressSink progress, string phase, int done = 0, int? total = null)
    {
        var results = new T[count];
        ParallelWork.Each(count, i =>
        {
            results[i] = piece(i);
            progress.Report(phase, Interlocked.Increment(ref done), total ?? count);
        });
        return results;
    }
}
