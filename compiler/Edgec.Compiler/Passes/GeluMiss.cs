using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>What a value times an error function, or a hyperbolic tangent, of itself lacks to be GELU.</summary>
internal static class GeluMiss
{
    private const double ErfScale = 0.70710678, TanhScale = 0.79788456, Cubic = 0.044715, Near = 1e-4;

    /// <summary>The last node of what is nearly GELU and what differs; null for anything else, and for what is GELU.</summary>
    /// <param name="node">The error function or tangent.</param>
    public static (Node Last, string Differs)? Of(Graph graph, Node node)
    {
        if (node.Op is not Unary { Function: UnaryFunction.Erf or UnaryFunction.Tanh } function
            || Scaled(graph, node.Inputs[0]) is not var (inner, scale) || Behind(graph, node) is not var (last, addend, factor, values))
            return null;
        bool erf = function.Function == UnaryFunction.Erf;
        double cubic = Cubic;
        string? x = inner;
        if (!erf && Cube(graph, inner) is var (argument, third))
            (x, cubic) = (argument, third);
        else if (!erf)
            return null;
        string name = erf ? "erf" : "tanh";
        double wanted = erf ? ErfScale : TanhScale;
        string? differs = !IsNear(scale, wanted) ? $"its {name} takes {inner} times {Text(scale)}, not {Text(wanted)}"
            : !IsNear(cubic, Cubic) ? $"the cube of {x} is taken {Text(cubic)} times, not {Text(Cubic)} times"
            : !IsNear(addend, 1) ? $"{Text(addend)} is added to its {name}, not 1"
            : values is not [var times] ? $"its {name} is multiplied by {string.Join(" and ", values)}, not by {x} alone"
            : times != x ? $"its {name} of {x} is multiplied by {times}"
            : !IsNear(factor, 0.5) ? $"it is multiplied by {Text(factor)}, not 0.5"
            : null;
        return differs is null ? null : (last, differs);
    }

    // %e + addend, times values and numbers.
    private static (Node Last, double Addend, double Factor, List<string> Values)? Behind(Graph graph, Node node)
    {
        if (!graph.HasSingleUse(node.Output) || Number(graph, graph.Consumers(node.Output)[0], node.Output, BinaryFunction.Add) is not { } addend)
            return null;
        Node last = graph.Consumers(node.Output)[0];
        double factor = 1;
        List<string> values = [];
        while (graph.HasSingleUse(last.Output) && graph.Consumers(last.Output)[0] is { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true } } next)
        {
            string other = next.Inputs[next.Inputs[0] == last.Output ? 1 : 0];
            if (graph.ConstantOf(other) is { Count: 1 } constant)
            {
                factor *= constant.Number(0);
            }
            else if (graph.ConstantOf(other) is not null || values.Count > 0)
            {
                break;
            }
            else
            {
                (string value, double times) = Scaled(graph, other) ?? (other, 1);
                values.Add(value);
                factor *= times;
            }

            last = next;
        }

        return values.Count > 0 ? (last, addend, factor, values) : null;
    }

    private static (string Value, double Factor)? Scaled(Graph graph, string value)
    {
        if (graph.Producer(value) is not { Inputs: [var a, var b] } node)
            return null;
        return Number(graph, node, a, BinaryFunction.Multiply) is { } right ? (a, right)
            : Number(graph, node, b, BinaryFunction.Multiply) is { } left ? (b, left)
            : null;
    }

    // x + third · x³
    private static (string Value, double Third)? Cube(Graph graph, string sum)
    {
        if (graph.Producer(sum) is not { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true }, Inputs: [var a, var b] })
            return null;
        foreach ((string x, string rest) in new[] { (a, b), (b, a) })
        {
            if (Scaled(graph, rest) is var (cube, third) && graph.Producer(cube) is { } power
                && (power.Op is Unary { Function: UnaryFunction.Power, Alpha: 3 } ? power.Inputs[0] == x : power.Op is Binary { Function: BinaryFunction.Multiply } && power.Inputs.Contains(x)))
                return (x, third);
        }

        return null;
    }

    // The number that stands beside a value in a sum or product.
    private static double? Number(Graph graph, Node node, string value, BinaryFunction function) =>
        node is { Op: Binary { Activation.IsNone: true } binary, Inputs: [var a, var b] } && binary.Function == function
        && graph.ConstantOf(a == value ? b : a) is { Count: 1 } constant && graph.ConstantOf(value) is null ? constant.Number(0) : null;

    private static bool IsNear(double value, double wanted) => Math.Abs(value - wanted) <= Near * wanted;

    private static string Text(double value) => value.ToString("g6");
}
