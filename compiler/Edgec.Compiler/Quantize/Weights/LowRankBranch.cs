using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Stated;
using Edgec.Runtime;

namespace Edgec.Quantize.Weights;

/// <summary>
/// Takes what is large in a layer's weights into a thin branch of 8-bit weights, so that 4 bits are enough for the rest (after Li et al. 2024,
/// "SVDQuant", §4): W = R + L2 · L1 with the N greatest singular values of W, the rows of which are output channels.
/// <code>
///   %y = conv(%x, #W, #b)     =>     %y_inner = conv(%x, #L1)                                N channels, 8-bit weights, i16
///                                    %y       = branched-conv(%x, #R, #b, %y_inner, #L2)     4-bit weights in R, 8-bit ones in L2
/// </code>
/// The two sums meet as integers and are rounded once. L1 and L2 are rounded to 8 bits before R is taken, so that R holds what they lose. See docs/precision.md.
/// </summary>
internal static class LowRankBranch
{
    private static readonly LayerPrecision Thin = LayerPrecision.W8A16;

    /// <summary>What a float graph is quantized from, once branches are taken out.</summary>
    /// <param name="Twins">For nodes that read what a layer of the old graph reads, that layer.</param>
    public sealed record Result(
        Graph Graph, IReadOnlyDictionary<string, ValueRange> Ranges, PrecisionPlan Plan, IReadOnlyDictionary<Node, Node> Twins);

    /// <summary>Why a layer can have no branch of a rank, as a sentence behind "but"; null if it can.</summary>
    public static string? WhyNot(Graph graph, Node node, LayerPrecision precision)
    {
        if (precision.WeightBits != 4)
            return "a low-rank branch leaves weights of 4 bits: w4a8 or w4a16";
        if (precision.WeightGroup > 0 || precision.Wide is not null)
            return "a low-rank branch goes neither with groups of weights nor with wide channels";
        if (StatedConstant.Of(graph, node.Inputs[1]) is not null)
            return "the model states the integers of its weights";
        if (node.Op is ExpertMatMul || WeightedLayer.Of(graph, node) is not { Groups: 1 } layer)
            return "weights of this form have no low-rank branch";
        return precision.Rank < Math.Min(layer.Outputs, layer.Inner) ? null : $"its weights have rank {Math.Min(layer.Outputs, layer.Inner)} at most";
    }

    /// <param name="precision">Of <paramref name="plan"/> on the graph.</param>
    /// <param name="bag">Gets a note for each branch (EC3044).</param>
    public static Result Run(
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
            Shape shape = graph.TypeOf(node.Output).Shape;
            string inner = editor.Add(
                $"{node.Output}_inner", Unclamped(node.Op), [node.Inputs[0], editor.AddConstant($"{node.Output}_inner_weights", first)], node.Origin,
                TensorType.F32(shape.With(shape.Rank - 1, rank)));
            found[inner] = Reach(first, x);
            // Behind the layer's own rule, which may name it by a node that the inner one comes from too.
            plan = plan.With(node.Output, own).With(inner, Thin);
            string bias = node.HasInput(2) ? node.Inputs[2] : editor.AddConstant($"{node.Output}_bias", Tensor.Zeros(ElementType.F32, [layer.Outputs]));
            editor.Replace(
                node, new Branched((Operator)node.Op),
                [node.Inputs[0], editor.AddConstant($"{node.Output}_rest_weights", rest), bias, inner, editor.AddConstant($"{node.Output}_branch", second)]);
            copies.Add((node.Output, node));
            bag.Add(PrecisionDiagnostics.LowRank(
                $"{model}({node.Origin} -> {node.Output})", rank, energy, Largest(rest) / Largest(layer.Weights), (double)rank * (layer.Inner + layer.Outputs) / layer.Weights.Count));
        }

        if (copies.Count == 0)
            return new(graph, ranges, plan, new Dictionary<Node, Node>());
        Graph branched = editor.Finish(null, new Identity());
        return new(branched, found, plan, copies.ToDictionary(copy => branched.Producer(copy.Value)!, copy => copy.Node));
    }

    // L1 [rank, inner…] with the singular values in it, L2 [outputs, rank], R = W - L2 L1, and the share of the energy that is in the branch.
    private static (Tensor First, Tensor Second, Tensor Remainder, double Energy) Factors(WeightedLayer layer, int rank)
    {
        int outputs = layer.Outputs, inner = layer.Inner, all = Math.Min(outputs, inner);
        (double[] s, double[] left, double[] right) = SingularValues.Of(layer.Weights.Span<float>(), outputs, inner);
        Tensor first = Rounded(Tensor.Of(layer.Weights.Shape.With(0, rank), [.. right.Take(rank * inner).Select(value => (float)value)]));
        Tensor second = Rounded(Tensor.Of<float>([outputs, rank], [.. Enumerable.Range(0, outputs * rank).Select(i => (float)left[i / rank * all + i % rank])]));
        float[] rest = layer.Weights.Span<float>().ToArray();
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                double low = 0;
                for (int k = 0; k < rank; k++)
                    low += (double)second.Span<float>()[o * rank + k] * first.Span<float>()[k * inner + i];
                rest[o * inner + i] -= (float)low;
            }
        }

        return (first, second, Tensor.Of(layer.Weights.Shape, rest), s.Take(rank).Sum(v => v * v) / Math.Max(double.Epsilon, s.Sum(v => v * v)));
    }

    // What weights are as the integers that the quantizer will give them: rows of 8 bits, to nearest.
    private static Tensor Rounded(Tensor weights)
    {
        double[] scales = Scales.OfWeights(weights, 0, sbyte.MaxValue);
        int inner = weights.Count / weights.Shape[0];
        Tensor integers = Scales.RoundWeights(weights, 0, 8, scales);
        return Tensor.Of(weights.Shape, [.. Enumerable.Range(0, weights.Count).Select(i => (float)(scales[i / inner] * integers.Integer(i)))]);
    }

    // The operator for other weights, without a clamp.
    private static Operator Unclamped(Op op) => op switch
    {
        Conv conv => conv with { Activation = Activation.None },
        MatMul product => product with { Activation = Activation.None },
        _ => throw new InvalidOperationException($"{op.Name} has no rows of weights"),
    };

    // What sums can be at most: no calibration is lost where they have 16 bits.
    private static ValueRange Reach(Tensor weights, ValueRange x)
    {
        int rows = weights.Shape[0], inner = weights.Count / rows;
        double from = Math.Min(x.Lo, 0), to = Math.Max(x.Hi, 0), lo = 0, hi = 0;
        for (int row = 0; row < rows; row++)
        {
            double least = 0, most = 0;
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
