using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Stated;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Quantize.Weights;

/// <summary>
/// Takes what is large in a layer's weights into a thin branch of 8-bit weights, so that 4 bits are enough for the rest (after Li et al. 2024,
/// "SVDQuant", §4): W = R + L2 · L1 with the N greatest singular values of W, the rows of which are output channels.
/// <code>
///   %y = conv(%x, #W, #b)     =>     %y_inner = conv(%x, #L1)            N channels, 8-bit weights, i16
///                                    %y_low   = conv(%y_inner, #L2)      1x1, 8-bit weights, i16
///                                    %y_rest  = conv(%x, #R, #b)         4-bit weights, i16
///                                    %y       = add(%y_rest, %y_low)
/// </code>
/// The two sums meet at 16 bits, each rounded to them once. See docs/precision.md.
/// </summary>
internal static class LowRankBranch
{
    private static readonly LayerPrecision Thin = LayerPrecision.W8A16;

    /// <summary>What a float graph is quantized from, once branches are taken out.</summary>
    /// <param name="Twins">For nodes that read what a layer of the old graph reads, that layer.</param>
    public sealed record Branched(
        Graph Graph, IReadOnlyDictionary<string, ValueRange> Ranges, PrecisionPlan Plan, IReadOnlyDictionary<Node, Node> Twins);

    /// <summary>Why a layer can have no branch of a rank, as a sentence behind "but"; null if it can.</summary>
    public static string? WhyNot(Graph graph, Node node, LayerPrecision precision)
    {
        if (precision is not { WeightBits: 4, ActivationBits: 16 })
            return "the inner values of a low-rank branch have 16 bits and its rest weights of 4: w4a16";
        if (precision.WeightGroup > 0 || precision.Wide is not null)
            return "a low-rank branch goes neither with groups of weights nor with wide channels";
        if (StatedConstant.Of(graph, node.Inputs[1]) is not null)
            return "the model states the integers of its weights";
        if (WeightedLayer.Of(graph, node) is not { Groups: 1 } layer)
            return "weights of this form have no low-rank branch";
        return precision.Rank < Math.Min(layer.Outputs, layer.Inner) ? null : $"its weights have rank {Math.Min(layer.Outputs, layer.Inner)} at most";
    }

    /// <param name="precision">Of <paramref name="plan"/> on the graph.</param>
    /// <param name="bag">Gets a note for each branch (EC3044).</param>
    public static Branched Run(
        Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, PrecisionPlan plan, PrecisionAssignment precision, DiagnosticBag bag, string model)
    {
        var editor = new GraphEditor(graph);
        var found = new Dictionary<string, ValueRange>(ranges);
        var copies = new List<(string Value, Node Node)>();
        foreach (Node node in graph.Nodes)
        {
            if (precision.Of(node) is not { Rank: > 0 and var rank } own || WeightedLayer.Of(graph, node) is not { } layer || !ranges.TryGetValue(node.Inputs[0], out ValueRange x))
            {
                editor.Keep(node);
                continue;
            }

            (Tensor first, Tensor second, Tensor rest, double energy) = Factors(layer, rank);
            string inner = Add("inner", Without(node.Op, first.Shape, null), first, node.Inputs[0], x, Thin, []);
            string low = Add("low", Without(node.Op, second.Shape, 1), second, inner, found[inner], Thin, []);
            string remainder = Add("rest", Without(node.Op, rest.Shape, null), rest, node.Inputs[0], x, own with { Rank = 0 }, node.Inputs[2..]);
            copies.AddRange([(inner, node), (remainder, node)]);
            Activation activation = node.Op switch { Conv conv => conv.Activation, MatMul product => product.Activation, _ => Activation.None };
            editor.Replace(node, new Binary(BinaryFunction.Add, activation), [remainder, low]);
            bag.Add(PrecisionDiagnostics.LowRank(
                $"{model}({node.Origin} -> {node.Output})", rank, energy, Largest(rest) / Largest(layer.Weights), (double)rank * (layer.Inner + layer.Outputs) / layer.Weights.Count));

            string Add(string word, Operator op, Tensor weights, string input, ValueRange range, LayerPrecision numbers, ImmutableArray<string> more)
            {
                Shape shape = graph.TypeOf(node.Output).Shape;
                ImmutableArray<string> inputs = [input, editor.AddConstant($"{node.Output}_{word}_weights", weights), .. more];
                string value = editor.Add($"{node.Output}_{word}", op, inputs, node.Origin, TensorType.F32(shape.With(shape.Rank - 1, weights.Shape[0])));
                found[value] = Reach(weights, more is [{ Length: > 0 } bias, ..] ? graph.ConstantOf(bias) : null, range);
                plan = plan.With(value, numbers);
                return value;
            }
        }

        if (copies.Count == 0)
            return new(graph, ranges, plan, new Dictionary<Node, Node>());
        Graph branched = editor.Finish(null, new Identity());
        return new(branched, found, plan, copies.ToDictionary(copy => branched.Producer(copy.Value)!, copy => copy.Node));
    }

    // L1 [rank, inner…] with the singular values in it, L2 [outputs, 1…, rank], R = W - L2 L1, and the share of the energy that is in the branch.
    private static (Tensor First, Tensor Second, Tensor Remainder, double Energy) Factors(WeightedLayer layer, int rank)
    {
        int outputs = layer.Outputs, inner = layer.Inner, all = Math.Min(outputs, inner);
        Shape shape = layer.Weights.Shape;
        (double[] s, double[] left, double[] right) = SingularValues.Of(layer.Weights.Span<float>(), outputs, inner);
        Tensor first = Tensor.Of(shape.With(0, rank), [.. right.Take(rank * inner).Select(value => (float)value)]);
        Tensor second = Tensor.Of<float>(
            shape.Rank == 4 ? [outputs, 1, 1, rank] : [outputs, rank], [.. Enumerable.Range(0, outputs * rank).Select(i => (float)left[i / rank * all + i % rank])]);
        float[] rest = layer.Weights.Span<float>().ToArray();
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                double low = 0;
                for (int k = 0; k < rank; k++)
                    low += left[o * all + k] * right[k * inner + i];
                rest[o * inner + i] -= (float)low;
            }
        }

        return (first, second, Tensor.Of(shape, rest), s.Take(rank).Sum(v => v * v) / Math.Max(double.Epsilon, s.Sum(v => v * v)));
    }

    // The operator for other weights, without a clamp; with a window of one pixel where it reads what another such has made.
    private static Operator Without(Op op, Shape weights, int? side) => op switch
    {
        Conv conv when side is null => conv with { Activation = Activation.None },
        Conv conv => conv with { Activation = Activation.None, Window = new([1, 1], [1, 1], [1, 1], [0, 0, 0, 0]) },
        MatMul product => product with { Activation = Activation.None },
        _ => throw new InvalidOperationException($"{op.Name} with weights {weights}"),
    };

    // What sums can be at most: no calibration is lost where they have 16 bits.
    private static ValueRange Reach(Tensor weights, Tensor? bias, ValueRange x)
    {
        int rows = weights.Shape[0], inner = weights.Count / rows;
        double from = Math.Min(x.Lo, 0), to = Math.Max(x.Hi, 0), lo = 0, hi = 0;
        for (int row = 0; row < rows; row++)
        {
            double least = bias?.Number(row) ?? 0, most = least;
            foreach (float w in weights.Span<float>().Slice(row * inner, inner))
            {
                least += w > 0 ? w * from : w * to;
                most += w > 0 ? w * to : w * from;
            }

            (lo, hi) = (Math.Min(lo, least), Math.Max(hi, most));
        }

        return new((float)lo, (float)hi);
    }

    private static double Largest(Tensor weights)
    {
        float most = 0;
        foreach (float weight in weights.Span<float>())
            most = Math.Max(most, Math.Abs(weight));
        return most;
    }
}
