using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Tests.Emit;

/// <summary>Plans from kernels, without a graph: what the planner would make of them.</summary>
internal sealed class PlanBuilder(string name, bool panels = false)
{
    private readonly List<Value> values = [];
    private readonly List<(Kernel Kernel, int[] Operands, int Result)> steps = [];
    private readonly List<int> inputs = [];
    private readonly WeightPacker weights = new();

    public int Input(string label, TensorType type)
    {
        inputs.Add(values.Count);
        return Add(label, type);
    }

    public int Constant(string label, Tensor tensor)
    {
        int index = Add(label, new(tensor.Element, tensor.Shape));
        values[index].Offset = weights.Add(tensor);
        return index;
    }

    public int View(string label, int of, Shape shape) =>
        Add(label, values[of].Type with { Shape = shape }, values[of].Root);

    public int Step(string label, Kernel kernel, TensorType type, params int[] operands)
    {
        int result = Add(label, type);
        foreach (int operand in operands)
            values[values[operand].Root].Last = steps.Count;
        values[result].First = values[result].Last = steps.Count;
        steps.Add((kernel, operands, result));
        return result;
    }

    public ModelPlan Build(params int[] outputs)
    {
        int[] roots = [.. outputs.Select(output => values[output].Root)];
        ArenaLayout arena = ArenaLayout.Of(
            [.. values.Select((value, i) => (Value: value, Index: i)).Where(v => v.Value.First >= 0 && !roots.Contains(v.Index)).Select(v => new ArenaBlock(v.Index, v.Value.Type.Bytes, v.Value.First, v.Value.Last))], 64);
        var identifiers = new Identifiers();
        ImmutableArray<PlanStep> planned = [.. steps.Select((step, i) => Step(i, step.Kernel, step.Operands, step.Result, identifiers))];
        return new(name, [.. values.Select((_, i) => Place(i, roots, arena))], planned, [.. inputs], [.. outputs], weights.Image(), arena.Bytes, Lanes: 1);
    }

    private PlanStep Step(int index, Kernel kernel, int[] operands, int result, Identifiers identifiers) => new(
        index,
        identifiers.Make(values[result].Label),
        kernel,
        [.. operands],
        result,
        [.. (panels ? WeightPanels.Constants(kernel, values[operands[0]].Type.Element) : kernel.Constants).Select(c => new PlanConstant(c.Role, weights.Add(c.Value), c.Value))],
        new(KernelCost.Macs(kernel), 0, 0, 0),
        Origin.Of(values[result].Label))
    {
        Sums = AccumulatorRange.Of(kernel, values[operands[0]].Type.Element),
    };

    private PlanValue Place(int index, int[] roots, ArenaLayout arena)
    {
        Value value = values[index], root = values[value.Root];
        int output = Array.IndexOf(roots, value.Root), input = inputs.IndexOf(value.Root);
        (Place place, int port, long offset) = output >= 0 ? (Plan.Place.Output, output, 0L)
            : root.First >= 0 ? (Plan.Place.Arena, -1, arena.Offset(value.Root))
            : input >= 0 ? (Plan.Place.Input, input, 0L)
            : (Plan.Place.Weights, -1, root.Offset);
        return new(index, value.Label, value.Type, place, port, offset, value.Type.Bytes, root.First, root.Last, value.Root);
    }

    private int Add(string label, TensorType type, int? root = null)
    {
        values.Add(new(label, type, root ?? values.Count));
        return values.Count - 1;
    }

    private sealed class Value(string label, TensorType type, int root)
    {
        public string Label => label;

        public TensorType Type => type;

        public int Root => root;

        public int First { get; set; } = -1;

        public int Last { get; set; } = -1;

        public long Offset { get; set; }
    }
}
