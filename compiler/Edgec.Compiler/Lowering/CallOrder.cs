using System.Collections.Immutable;

namespace Edgec.Lowering;

/// <summary>A topological sort that keeps the given order where it can.</summary>
internal static class CallOrder
{
    /// <summary>Every item after those it needs; <paramref name="onCycle"/> hears of an item that needs itself.</summary>
    public static ImmutableArray<T> Sort<T>(IEnumerable<T> items, Func<T, IEnumerable<T>> needs, Action<T> onCycle)
        where T : class
    {
        ImmutableArray<T>.Builder sorted = ImmutableArray.CreateBuilder<T>();
        Dictionary<T, bool> isDone = new(ReferenceEqualityComparer.Instance);
        foreach (T item in items)
            Visit(item);
        return sorted.ToImmutable();

        void Visit(T item)
        {
            if (isDone.TryGetValue(item, out bool done))
            {
                if (!done)
                    onCycle(item);
                return;
            }

            isDone[item] = false;
            foreach (T needed in needs(item))
                Visit(needed);
            isDone[item] = true;
            sorted.Add(item);
        }
    }
}
