using System.Runtime.ExceptionServices;

namespace Edgec.Runtime.Kernels;

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
}
