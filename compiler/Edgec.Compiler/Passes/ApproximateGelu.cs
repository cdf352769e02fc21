using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Chooses the form of GELU, and notes how far it can lie from exact: over every number with 16 fraction bits in float, over all 256 or 65,536
/// inputs of a quantized graph.
/// <code>
///   %y = gelu(%x)    =>    %y = delta-gelu(%x)
/// </code>
/// </summary>
/// <param name="Form"><c>lut8</c>: a table of 256 entries in 8 bits, exact in float; <c>delta</c>: ReLU less a table of |x|.</param>
public sealed record ApproximateGelu(string Form = ApproximateGelu.Table) : Pass
{
    public const string Table = "lut8", Delta = "delta";

    private const int Bits = 16;

    public static readonly PassDef Def = new(
        "approximate-gelu", "Chooses the form of GELU, lut8 or delta, and notes its error.", a => new ApproximateGelu(OneOf(a.Text("form", Table))));

    public override string Name => "approximate-gelu";

    public override Level Accepts => Level.Canonical;

    public override Level AcceptsUpTo => Level.Quantized;

    public override bool KeepsMeaning => false;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (Chosen(node.Op) is { } op && op != node.Op)
                editor.Replace(node, op, node.Inputs);
            else
                editor.Keep(node);
        }

        Graph next = editor.Finish(null, new Identity());
        foreach (Node node in next.Nodes.Where(node => Chosen(node.Op) is not null))
            context.Try(node, () => context.NoteError(node, Error(next, node)));
        return next;
    }

    private Operator? Chosen(Op op) => (op, Form) switch
    {
        (Unary { Function: UnaryFunction.Gelu or UnaryFunction.GeluTanh } gelu, Delta) => new DeltaGelu(gelu.Function == UnaryFunction.GeluTanh),
        (DeltaGelu delta, Table) => new Unary(delta.Tanh ? UnaryFunction.GeluTanh : UnaryFunction.Gelu),
        (Unary { Function: UnaryFunction.Gelu or UnaryFunction.GeluTanh } or DeltaGelu, _) => (Operator)op,
        _ => null,
    };

    private static string Error(Graph graph, Node node)
    {
        if (graph.TypeOf(node.Output).Quantization is { } y)
        {
            (int entries, double worst) = ((KernelLowered)((Operator)node.Op).Lower(new(graph, node))).Kernel switch
            {
                TableKernel table => (256, table.WorstError),
                MapKernel { Step: ReluDeltaStep step } => (step.Entries.Count, step.WorstError),
                MapKernel { Step: CurveStep step } => (step.Entries.Count, step.WorstError),
                var other => throw new InvalidOperationException($"{node.Op.Name} became a {other.Shape} kernel"),
            };
            return $"GELU by a table of {entries} entries: at most {worst:f4} steps of {y.Scale:g4} from exact, over all inputs.";
        }

        if (node.Op is not DeltaGelu delta)
            return "GELU is computed exactly in float; a table of 256 entries in 8 bits rounds once, at most 0.5 steps of its result.";
        (double error, double at) = delta.Worst(Bits);
        return $"GELU as ReLU less a table of {delta.Entries.Length} entries: at most {error:0.0e+0} from exact, at {at:g5}, over all numbers of {Bits} fraction bits.";
    }

    private static string OneOf(string form) => form is Table or Delta ? form : throw OperatorException.Invalid($"form is {Table} or {Delta}, not {form}.");
}
