using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Tests.Emit;

/// <summary>A kernel with the types it takes and gives: what every backend must compute as the reference does.</summary>
internal sealed record KernelCase(string Label, Kernel Kernel, TensorType Result, ImmutableArray<TensorType> Operands)
{
    public KernelCase(string label, Kernel kernel, ElementType element, Shape result, params ImmutableArray<Shape> operands)
        : this(label, kernel, new(element, result), [.. operands.Select(shape => new TensorType(element, shape))])
    {
    }

    /// <summary>Operands that are constants of the plan, by their place.</summary>
    public IReadOnlyDictionary<int, Tensor> Constants { get; init; } = new Dictionary<int, Tensor>();

    /// <summary>One plan of many kernels, each with inputs of its own.</summary>
    public static ModelPlan Plan(string name, IEnumerable<KernelCase> cases, bool panels = false)
    {
        var builder = new PlanBuilder(name, panels);
        var labels = new Identifiers();
        int last = -1;
        foreach (KernelCase c in cases)
        {
            string label = labels.Make(c.Label);
            last = builder.Step(label, c.Kernel, c.Result, [.. c.Operands.Select((type, i) => c.Constants.TryGetValue(i, out Tensor? constant) ? builder.Constant($"{label} {i}", constant) : builder.Input($"{label} {i}", type))]);
        }

        return builder.Build(last);
    }
}
