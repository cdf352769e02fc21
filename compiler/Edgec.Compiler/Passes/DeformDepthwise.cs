using System.Globalization;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Factors a full deformable convolution into one for each channel and a 1x1 convolution, in the order with the smaller error (CoDeNet,
/// §3: "depthwise"): for each input channel, or each output channel, its weights are a matrix whose best approximation of rank one is taken
/// (Eckart and Young 1936). It changes the result unless the weights are of rank one; the error is reported.
/// <code>
///   %y = deform-conv(%x, #w, #b, %o)    =>    %d = deform-conv(%x, #taps, #0, %o) {group=C}     or    %p = conv(%x, #mix)
///                                             %y = conv(%d, #mix, #b)                                 %y = deform-conv(%p, #taps, #b, %o) {group=M}
/// </code>
/// Those with groups stay as they are.
/// </summary>
public sealed record DeformDepthwise : Pass
{
    public static readonly PassDef Def = new(
        "deform-depthwise", "Factors full deformable convolutions into depthwise and 1x1 ones. Changes the result.", _ => new DeformDepthwise());

    public override string Name => "deform-depthwise";

    public override Level Accepts => Level.Canonical;

    public override bool KeepsMeaning => false;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is DeformConv { BiasThird: true, Groups: 1 } op && editor.ConstantOf(node.Inputs[1]) is { Element: ElementType.F32 } weights && editor.ConstantOf(node.Inputs[2]) is { } bias
                && weights.Shape is var w && (op.ChannelsLast ? w[3] : w[1]) > 1)
                Factor(editor, context, node, op, op.ChannelsLast ? weights : weights.Transpose([0, 2, 3, 1]), bias);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static void Factor(GraphEditor editor, PassContext context, Node node, DeformConv op, Tensor weights, Tensor bias)
    {
        int outputs = weights.Shape[0], height = weights.Shape[1], width = weights.Shape[2], channels = weights.Shape[3], taps = height * width;
        ReadOnlyMemory<float> w = weights.Span<float>().ToArray();
        // Of an input channel: outputs x taps. Of an output: channels x taps.
        Factors before = Factors.Of(channels, outputs, taps, (c, m, t) => w.Span[(m * taps + t) * channels + c]);
        Factors behind = Factors.Of(outputs, channels, taps, (m, c, t) => w.Span[(m * taps + t) * channels + c]);
        bool deformFirst = op.OffsetGroups > 1 || before.Error <= behind.Error;
        Factors chosen = deformFirst ? before : behind;
        TensorType y = editor.TypeOf(node.Output);
        DeformConv depthwise = op with { Groups = deformFirst ? channels : outputs, Activation = deformFirst ? Activation.None : op.Activation };
        string tapWeights = editor.AddConstant($"{node.Output}_taps", Taps(chosen, op, height, width));
        string mix = editor.AddConstant($"{node.Output}_mix", Mix(chosen, deformFirst, outputs, channels, op.ChannelsLast));
        if (deformFirst)
        {
            Shape shape = op.ChannelsLast ? [.. y.Shape.SkipLast(1), channels] : [y.Shape[0], channels, y.Shape[2], y.Shape[3]];
            string zeros = editor.AddConstant($"{node.Output}_none", Tensor.Zeros(ElementType.F32, [channels]));
            string sampled = editor.Add($"{node.Output}_deform", depthwise, node.Inputs.SetItem(1, tapWeights).SetItem(2, zeros), node.Origin, y with { Shape = shape });
            editor.Replace(node, DeformEdit.Pointwise(op.ChannelsLast, op.Activation), [sampled, mix, node.Inputs[2]]);
        }
        else
        {
            Shape x = editor.TypeOf(node.Inputs[0]).Shape, shape = op.ChannelsLast ? [.. x.SkipLast(1), outputs] : [x[0], outputs, x[2], x[3]];
            string mixed = editor.Add($"{node.Output}_mixed", DeformEdit.Pointwise(op.ChannelsLast, Activation.None), [node.Inputs[0], mix], node.Origin, y with { Shape = shape });
            editor.Replace(node, depthwise, node.Inputs.SetItem(0, mixed).SetItem(1, tapWeights));
        }

        context.Diagnostics.Add(Diagnostic.Note(
            "EC2005", NodeFault.Location(context.Model, node),
            string.Create(CultureInfo.InvariantCulture, $"{outputs}x{channels}x{height}x{width} weights became {(deformFirst ? "depthwise, then 1x1" : "1x1, then depthwise")}: {100 * chosen.Error:f1} % of their norm is lost. Train the factored layer, or leave deform-depthwise out.")));
    }

    private static Tensor Taps(Factors factors, DeformConv op, int height, int width)
    {
        Tensor taps = Tensor.Of<float>([factors.Count, height, width, 1], factors.Taps);
        return op.ChannelsLast ? taps : taps.Reshape([factors.Count, 1, height, width]);
    }

    // [outputs, channels], of 1x1 weights.
    private static Tensor Mix(Factors factors, bool deformFirst, int outputs, int channels, bool channelsLast)
    {
        var mix = new float[outputs * channels];
        for (int m = 0; m < outputs; m++)
        {
            for (int c = 0; c < channels; c++)
                mix[m * channels + c] = deformFirst ? factors.Mix[c * outputs + m] : factors.Mix[m * channels + c];
        }

        return Tensor.Of(channelsLast ? [outputs, 1, 1, channels] : [outputs, channels, 1, 1], mix);
    }

    /// <summary>The best approximation of rank one of each of several matrices.</summary>
    /// <param name="Mix">[Count, rows].</param>
    /// <param name="Taps">[Count, taps], of norm 1.</param>
    /// <param name="Error">Norm of what is lost over the norm of all.</param>
    private sealed record Factors(int Count, float[] Mix, float[] Taps, double Error)
    {
        private const int Sweeps = 60;

        public static Factors Of(int count, int rows, int taps, Func<int, int, int, float> element)
        {
            var mix = new float[count * rows];
            var all = new float[count * taps];
            double lost = 0, norm = 0;
            for (int i = 0; i < count; i++)
            {
                var matrix = new double[rows, taps];
                for (int r = 0; r < rows; r++)
                {
                    for (int t = 0; t < taps; t++)
                        matrix[r, t] = element(i, r, t);
                }

                (double[] u, double[] v, double left, double whole) = RankOne(matrix, rows, taps);
                (lost, norm) = (lost + left, norm + whole);
                for (int r = 0; r < rows; r++)
                    mix[i * rows + r] = (float)u[r];
                for (int t = 0; t < taps; t++)
                    all[i * taps + t] = (float)v[t];
            }

            return new(count, mix, all, norm > 0 ? Math.Sqrt(lost / norm) : 0);
        }

        // The greatest singular vectors by power iteration: u carries the singular value, v has norm 1.
        private static (double[] U, double[] V, double Lost, double Norm) RankOne(double[,] a, int rows, int taps)
        {
            double norm = 0;
            int start = 0;
            for (int r = 0; r < rows; r++)
            {
                for (int t = 0; t < taps; t++)
                    norm += a[r, t] * a[r, t];
                if (Row(r) > Row(start))
                    start = r;
            }

            double[] v = [.. Enumerable.Range(0, taps).Select(t => a[start, t])], u = new double[rows];
            for (int sweep = 0; sweep < Sweeps; sweep++)
            {
                double length = Math.Sqrt(v.Sum(value => value * value));
                for (int t = 0; t < taps; t++)
                    v[t] = length > 0 ? v[t] / length : t == 0 ? 1 : 0;
                for (int r = 0; r < rows; r++)
                    u[r] = Enumerable.Range(0, taps).Sum(t => a[r, t] * v[t]);
                if (sweep == Sweeps - 1)
                    break;
                for (int t = 0; t < taps; t++)
                    v[t] = Enumerable.Range(0, rows).Sum(r => a[r, t] * u[r]);
            }

            double lost = 0;
            for (int r = 0; r < rows; r++)
            {
                for (int t = 0; t < taps; t++)
                    lost += (a[r, t] - u[r] * v[t]) * (a[r, t] - u[r] * v[t]);
            }

            return (u, v, lost, norm);

            double Row(int r) => Enumerable.Range(0, taps).Sum(t => a[r, t] * a[r, t]);
        }
    }
}
