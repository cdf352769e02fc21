using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Chooses the form of softmax, and notes how far it can lie from exact, whatever the scores: <c>order-free</c>, which has integers
/// (docs/numerics.md, Softmax), or <c>running-max</c>, in single precision and for comparison, with maximum and sum in one pass.
/// <code>
///   %y = softmax(%x) {axis=1}    =>    %y = softmax(%x) {axis=1, running=1}
/// </code>
/// </summary>
public sealed record ApproximateSoftmax(string Form = ApproximateSoftmax.OrderFree) : Pass
{
    public const string OrderFree = "order-free", RunningMaximum = "running-max";

    public static readonly PassDef Def = new(
        "approximate-softmax", "Chooses the form of softmax, order-free or running-max (fp32 only), and notes its error.", a => new ApproximateSoftmax(OneOf(a.Text("form", OrderFree))));

    public override string Name => "approximate-softmax";

    public override Level Accepts => Level.Canonical;

    public override Level AcceptsUpTo => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        bool running = Form == RunningMaximum;
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is not Softmax softmax || softmax.Running == running)
                editor.Keep(node);
            else if (running && graph.TypeOf(node.Output).Quantization is not null)
                context.Report(node, "EC2008", "A softmax of integers has no running maximum: they would depend on the order of the scores. Take the form order-free, or compile with --precision fp32.");
            else
                editor.Replace(node, softmax with { Running = running }, node.Inputs);
        }

        if (context.Diagnostics.HasErrors)
            return graph;
        Graph next = editor.Finish(null, new Identity());
        foreach (Node node in next.Nodes)
        {
            if (node.Op is Softmax softmax)
                context.Try(node, () => context.NoteError(node, Error(next, node, softmax)));
        }

        return next;
    }

    private static string Error(Graph graph, Node node, Softmax softmax)
    {
        Shape shape = graph.TypeOf(node.Output).Shape;
        int length = shape.Rank == 0 ? 1 : shape[Extents.Axis(softmax.Axis, shape.Rank)];
        if (softmax is { Running: true, Logarithm: true })
            return $"The logarithm of softmax with a running maximum over {length} scores is computed in single precision; no bound is stated.";
        if (softmax.Running)
            return $"Softmax with a running maximum over {length} scores: at most {FloatSoftmaxStep.RunningError(length):0.0e+0} of each probability from exact, in single precision.";
        if (graph.TypeOf(node.Output).Quantization is null)
        {
            return softmax.Logarithm
                ? $"The logarithm of softmax over {length} scores is computed in float; inspect --errors has the bound in integers."
                : $"Softmax over {length} scores: in 8 bits at most {new SoftmaxStep(Tensor.Zeros(ElementType.I16, [256]), byte.MaxValue, 0).Error(length):f4} steps of 1/255 from that of the same scores, in any order.";
        }

        return ((KernelLowered)softmax.Lower(new(graph, node))).Kernel is RowNormKernel { Step: SoftmaxStep step, Geometry: var g }
            ? $"Softmax over {length} scores: at most {step.Error(g.Length):f4} steps of 1/255 from that of the same scores, in any order."
            : $"Softmax over {length} scores in integers, in any order; inspect --errors has its bound.";
    }

    private static string OneOf(string form) => form is OrderFree or RunningMaximum ? form : throw OperatorException.Invalid($"form is {OrderFree} or {RunningMaximum}, not {form}.");
}
