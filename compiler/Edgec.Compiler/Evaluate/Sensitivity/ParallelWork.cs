using System.Runtime.ExceptionServices;
using Edgec.Compile;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>Independent pieces of work on all cores, each with a place of its own for its result.</summary>
internal static class ParallelWork
{
    /// <summary>Does the pieces and gives their results in order, whatever the order they were done in.</summary>
    /// <param name="phase">What <paramref name="progress"/> hears.</param>
    /// <param name="done">Pieces done in earlier calls of the same phase.</param>
    public static T[] Map<T>(int count, Func<int, T> piece, IProgressSink progress, string phase, int done = 0, int? total = null)
    {
        var results = new T[count];
        try
        {
            Parallel.For(0, count, i =>
            {
                results[i] = piece(i);
                progress.Report(phase, Interlocked.Increment(ref done), total ?? count);
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // as one thread would throw it
        }

        return results;
    }
}
