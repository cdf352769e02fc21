using System.Collections.Immutable;
using Edgec.Kernels;

namespace Edgec.Plan;

/// <summary>
/// Steps that follow one another, each the <see cref="SoleReader"/> of the one before, and run band by band: a few rows of the last result at a
/// time, and of every other as many rows as those need. What lies between them is never whole in memory: rows that no window reaches
/// any more make room for new ones, and none is computed twice.
/// </summary>
/// <param name="Rows">Rows of the last result that a band has.</param>
/// <param name="Layers">Two at least, their steps in order and without gaps.</param>
public sealed record BandChain(int Rows, ImmutableArray<BandLayer> Layers)
{
    public int First => Layers[0].Step;

    public int Last => Layers[^1].Step;

    /// <summary>Rows of the last result.</summary>
    public int AllRows => Layers[^1].Reach.Rows;

    public bool Has(int step) => First <= step && step <= Last;

    public bool Overlaps(BandChain other) => First <= other.Last && other.First <= Last;

    /// <summary>The chain of some steps; null if they cannot run band by band.</summary>
    /// <param name="links">Each step's way to the next, without gaps.</param>
    /// <param name="least">Pixels of the last result that a band has at least: fewer do not fill the kernels' blocks.</param>
    public static BandChain? Of(ModelPlan plan, ImmutableArray<SoleReader> links, int least)
    {
        PlanStep[] steps = [links[0].Source, .. links.Select(link => link.Reader)];
        if (RowsOf(steps) is not { } rows)
            return null;
        var layers = new BandLayer[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            Kernel kernel = steps[i].Kernel;
            long elements = plan.Values[steps[i].Result].Type.Shape.ElementCount;
            RowReach reach = RowReach.Of(kernel) ?? RowReach.Pointwise(rows[i]);
            bool cut = elements % rows[i] == 0 && Enumerable.Range(0, steps[i].Operands.Length).All(operand => RowReach.Pitch(kernel, operand, rows[i]) is not null);
            if (!cut)
                return null;
            int from = i == 0 ? 0 : links[i - 1].Operand;
            bool follows = i == 0
                || (reach.SourceRows == rows[i - 1] && reach.IsWhole && RowReach.Pitch(kernel, from, rows[i]) == layers[i - 1].RowElements
                    && (kernel is WindowKernel || RowReach.ReadsInOrder(kernel, from)));
            if (!follows)
                return null;
            layers[i] = new(steps[i].Index, from, reach, (int)(elements / rows[i]), rows[i]);
        }

        int pixels = Math.Max(1, layers[^1].RowElements / plan.Values[steps[^1].Result].Type.Shape[^1]);
        return new BandChain(1, [.. layers]).With(Math.Min((least + pixels - 1) / pixels, rows[^1]));
    }

    /// <summary>The same steps in bands of another height.</summary>
    public BandChain With(int rows)
    {
        var held = new int[Layers.Length];
        var done = new int[Layers.Length];
        for (int row = 0; row < AllRows; row += rows)
        {
            int[] next = Ends(Math.Min(row + rows, AllRows));
            for (int i = 0; i < Layers.Length - 1; i++)
                held[i] = Math.Max(held[i], next[i] - Layers[i + 1].Reach.First(done[i + 1]));
            done = next;
        }

        held[^1] = AllRows;
        return new(rows, [.. Layers.Select((layer, i) => layer with { Rows = held[i] })]);
    }

    /// <summary>How many rows of each result, from its first, are there when the last one has <paramref name="end"/>.</summary>
    private int[] Ends(int end)
    {
        var ends = new int[Layers.Length];
        ends[^1] = end;
        for (int i = Layers.Length - 2; i >= 0; i--)
            ends[i] = Layers[i + 1].Reach.End(ends[i + 1]);
        return ends;
    }

    // Windows have rows; the steps between them are cut as their neighbours are. Without any, a row is a row of a product.
    private static int[]? RowsOf(PlanStep[] steps)
    {
        var rows = new int[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            RowReach? reach = RowReach.Of(steps[i].Kernel);
            if (reach is { } window && i > 0 && rows[i - 1] == 0)
                rows[i - 1] = window.SourceRows;
            rows[i] = reach?.Rows ?? (i > 0 ? rows[i - 1] : 0);
        }

        int other = steps.Select(step => step.Kernel).OfType<MatmulKernel>().Select(kernel => kernel.Geometry.Rows).FirstOrDefault();
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            if (rows[i] == 0)
                rows[i] = i < steps.Length - 1 ? RowReach.Of(steps[i + 1].Kernel)?.SourceRows ?? rows[i + 1] : other;
        }

        return rows.All(r => r > 0) ? rows : null;
    }
}
