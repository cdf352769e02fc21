using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Check;

/// <summary>
/// Runs a plan of dense tensors with the runtime's reference kernels. For a quantized graph this is the definition: every
/// backend must give these bits for every step.
/// </summary>
public static class ReferenceRunner
{
    /// <summary>Runs all steps.</summary>
    /// <param name="inputs">One tensor for each input of the plan, of its type.</param>
    /// <param name="observe">Sees the result of every step, in order.</param>
    /// <returns>The outputs.</returns>
    public static ImmutableArray<Tensor> Run(ModelPlan plan, ReadOnlySpan<Tensor> inputs, Action<PlanStep, Tensor>? observe = null)
    {
        if (plan.Lanes != 1)
            throw new ArgumentException("the reference runs on dense tensors");
        var tensors = new Tensor?[plan.Values.Length];
        for (int i = 0; i < plan.Inputs.Length; i++)
            tensors[plan.Inputs[i]] = inputs[i];
        foreach (PlanStep step in plan.Steps)
        {
            TensorType type = plan.Values[step.Result].Type;
            Tensor result = KernelRunner.Run(step.Kernel, [.. step.Operands.Select(Load)], type.Element, type.Shape);
            tensors[step.Result] = result;
            observe?.Invoke(step, result);
            foreach (int operand in step.Operands)
            {
                int root = plan.Values[operand].Root;
                if (plan.Values[root] is { Place: Place.Arena } value && value.LastStep == step.Index)
                    tensors[root] = null;
            }
        }

        return [.. plan.Outputs.Select(Load)];

        Tensor Load(int index)
        {
            PlanValue value = plan.Values[index];
            if (value.Place == Place.Weights && tensors[value.Root] is null)
                tensors[value.Root] = Constant(plan, plan.Values[value.Root]);
            return tensors[value.Root]!.Reshape(value.Type.Shape);
        }
    }

    private static Tensor Constant(ModelPlan plan, PlanValue value) => Tensor.FromBytes(
        value.Type.Element, value.Type.Shape, plan.Weights.Bytes.AsSpan((int)value.Offset, (int)value.Type.Bytes).ToArray());
}
