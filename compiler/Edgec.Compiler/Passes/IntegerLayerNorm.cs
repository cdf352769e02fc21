using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Sees to it that normalizations compute in integers (docs/numerics.md, Normalisation), and notes how far each can lie from exact arithmetic on its
/// own operands. In a quantized graph one that is in float, or out of reach, is an error. The graph
/// stays as it is: integers are what the quantizer gives a normalization anyway.
/// </summary>
public sealed record IntegerLayerNorm : Pass
{
    public static readonly PassDef Def = new(
        "integer-layer-norm", "Sees to it that normalizations compute in integers, and notes their errors.", _ => new IntegerLayerNorm());

    public override string Name => "integer-layer-norm";

    public override Level Accepts => Level.Canonical;

    public override Level AcceptsUpTo => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is LayerNormalization or RmsNormalization or GroupNormalization or LpNormalization)
                context.Try(node, () => Note(graph, node, context));
        }

        return graph;
    }

    private static void Note(Graph graph, Node node, PassContext context)
    {
        TensorType y = graph.TypeOf(node.Output);
        if (graph.Level == Level.Quantized && y.Quantization is null)
        {
            context.Report(node, "EC2009", $"The normalization {node.Output} is left in float. Let the precision plan give it 8 or 16 bits, or leave integer-layer-norm out.");
            return;
        }

        if (((KernelLowered)((Operator)node.Op).Lower(new(graph, node))).Kernel is not GroupNormKernel kernel)
            return;
        int count = kernel.Geometry.Count;
        context.NoteError(node, kernel.Step is IntegerLayerNormStep step
            ? $"Normalization of {count} integers: at most {step.Error(kernel.Geometry):f4} steps of {y.Quantization!.Scale:g4} from exact arithmetic on them."
            : $"Normalization of {count} numbers in float has an integer form; inspect --errors has its bound at the calibrated scales.");
    }
}
