using System.Runtime.ExceptionServices;

namespace Edgec.Compile;

/// <summary>Independent pieces of work on all cores.</summary>
public static class ParallelWork
{
    /// <summary>Does the pieces, in whatever order. What one of them throws is thrown as one thread would throw it.</summary>
    /// <param name="most">Threads at a time; null for as many as there are cores.</param>
    public static void Each(int count, Action<int> piece, int? most = null)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = most ?? -1 }, piece);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>Does the pieces and gives their results in order, each having a place of its own.</summary>
    /// <param name="phase">What <paramref name="progress"/> hears.</param>
    /// <param name="done">Pieces done in earlier calls of the same phase.</param>
    public static T[] Map<T>(int count, Func<int, T> piece, IProgressSink progress, string phase, int done = 0, int? total = null)
    {
        var results = new T[count];
        Each(count, i =>
        {
            results[i] = piece(i);
            progress.Report(phase, Interlocked.Increment(ref done), total ?? count);
        });
        return results;
    }
}
