using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Finds GELU in the operators exporters write it with, exact or by tanh (Hendrycks and Gimpel 2016).
/// <code>
///   %s = mul(%x, 0.70710677)
///   %e = erf(%s)
///   %a = add(%e, 1)              =>    %y = gelu(%x)
///   %m = mul(%x, %a)
///   %y = mul(%m, 0.5)
/// </code>
/// </summary>
public sealed record RecognizeGelu : Pass
{
    public static readonly PassDef Def = new(
        "recognize-gelu", "Finds GELU, exact or by tanh, in the operators it is exported as.", _ => new RecognizeGelu());

    public override string Name => "recognize-gelu";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        Graph recognized = ScalarCone.Replace(graph, context, new Unary(UnaryFunction.Gelu), new Unary(UnaryFunction.GeluTanh));
        foreach (Node node in recognized.Nodes)
        {
            if (GeluMiss.Of(recognized, node) is var (last, differs))
                context.NoteNearMiss(last, "GELU", differs);
        }

        return recognized;
    }
}
