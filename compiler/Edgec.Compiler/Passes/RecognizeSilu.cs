using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Finds the functions x · gate(x): SiLU, its variant with 1.702, hard swish and Mish, in the operators exporters write
/// them with.
/// <code>
///   %g = sigmoid(%x)       =>    %y = swish(%x)
///   %y = mul(%x, %g)
///
///   %a = add(%x, 3)
///   %c = clip(%a) {min=0.0, max=6.0}    =>    %y = hard-swish(%x)
///   %m = mul(%x, %c)
///   %y = mul(%m, 0.16666667)
/// </code>
/// </summary>
public sealed record RecognizeSilu : Pass
{
    public static readonly PassDef Def = new(
        "recognize-silu", "Finds SiLU, hard swish and Mish in the operators they are exported as.", _ => new RecognizeSilu());

    public override string Name => "recognize-silu";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context) => ScalarCone.Replace(
        graph,
        context,
        new Unary(UnaryFunction.Swish, 1),
        new Unary(UnaryFunction.Swish, 1.702f),
        new Unary(UnaryFunction.HardSwish),
        new Unary(UnaryFunction.Mish));
}
