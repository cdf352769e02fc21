using System.Numerics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Plan.Hls;

/// <summary>Element-wise kernels that are not 8 bits wide throughout, comparisons and choices as commands.</summary>
public static class ElementLowering
{
    /// <summary>True if the engine has this step for these operands.</summary>
    public static bool Has(MapStep step, IEnumerable<TensorType> operands) => step switch
    {
        ChooseStep => true,
        CompareStep => operands.All(t => t.Element is ElementType.I8 or ElementType.I16 or ElementType.I32 or ElementType.I64 or ElementType.Bool),
        AddStep or MultiplyStep or MaximumStep or MinimumStep or RescaleStep { Finish.Multipliers.Count: 1 } => true,
        _ => false,
    };

    /// <param name="addresses">Word addresses of the operands.</param>
    /// <returns>Null if an operand's broadcast needs more loops than the engine has.</returns>
    public static ElementCommand? Lower(int layer, MapStep step, TensorType[] operands, int[] addresses, TensorType result, int target)
    {
        ElementOperand?[] read = [.. operands.Zip(addresses, (t, at) => ElementOperand.Of(t.Shape, t.Element, result.Shape, at))];
        if (read.Contains(null))
            return null;
        ElementOperand[] values = step is ChooseStep ? [read[1]!, read[2]!, read[0]!] : [.. read.Select(r => r!)];
        int size = result.Element.SizeOf(), extent = result.Shape.Rank == 0 ? 1 : result.Shape[^1];
        var command = new ElementCommand(
            ElementOperation.Choose, values[0], values.ElementAtOrDefault(1) ?? ElementOperand.None, values.ElementAtOrDefault(2) ?? ElementOperand.None,
            WordNest.Rows(result.Shape, size, target), checked((int)Storage.Rows(result.Shape)), extent, BitOperations.Log2((uint)size))
        { Layer = layer };
        return step switch
        {
            AddStep s => command with
            {
                Operation = ElementOperation.Add,
                ZeroA = s.ZeroA,
                FactorA = s.MultiplierA,
                ZeroB = s.ZeroB,
                FactorB = s.MultiplierB,
                Shift = s.Shift,
                Zero = s.Zero,
                Lo = s.Lo,
                Hi = s.Hi,
            },
            MultiplyStep s => command with
            {
                Operation = ElementOperation.Multiply,
                ZeroA = s.ZeroA,
                ZeroB = s.ZeroB,
                FactorA = s.Multiplier,
                Addend = s.Addend,
                Shift = s.Shift,
                Zero = s.Zero,
                Lo = s.Lo,
                Hi = s.Hi,
            },
            RescaleStep { Finish: var f } s => command with
            {
                Operation = ElementOperation.Rescale,
                ZeroA = s.InputZero,
                FactorA = f.Multipliers.Span<int>()[0],
                Addend = f.Addends.Span<long>()[0],
                Shift = f.Shifts.Span<byte>()[0],
                Zero = f.Zero,
                Lo = f.Lo,
                Hi = f.Hi,
            },
            CompareStep s => command with
            {
                Operation = ElementOperation.Compare,
                Function = s.Function,
                ZeroA = s.ZeroA,
                FactorA = s.FactorA,
                ZeroB = s.ZeroB,
                FactorB = s.FactorB,
            },
            MaximumStep s => command with { Operation = ElementOperation.Maximum, Lo = s.Lo, Hi = s.Hi },
            MinimumStep s => command with { Operation = ElementOperation.Minimum, Lo = s.Lo, Hi = s.Hi },
            ChooseStep => command,
            _ => throw new ArgumentException($"{step.GetType().Name} is no step of the engine", nameof(step)),
        };
    }
}
