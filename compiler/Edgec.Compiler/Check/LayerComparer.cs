using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Check;

/// <summary>
/// Compares the trace of a bundle with the reference, step by step: each kernel of the reference runs on the operands that
/// the bundle itself computed, so a difference is reported in the layer that makes it and nowhere else. Where every layer
/// is equal the whole run is, by induction.
/// </summary>
/// <param name="reference">The plan of dense tensors.</param>
/// <param name="bundle">The plan the bundle was emitted from; its rows may be padded.</param>
public sealed class LayerComparer(ModelPlan reference, ModelPlan bundle)
{
    private readonly Dictionary<string, PlanStep> steps = reference.Steps.ToDictionary(step => reference.Values[step.Result].Name);
    private readonly Dictionary<string, PlanValue> values = reference.Values.DistinctBy(v => v.Name).ToDictionary(v => v.Name);
    private readonly Tally[] tallies = [.. bundle.Steps.Select(_ => new Tally())];

    /// <summary>Bytes of one sample's trace: every step's result, dense.</summary>
    public long TraceBytes => bundle.Steps.Sum(step => bundle.Values[step.Result].Type.Bytes);

    /// <summary>Compares one sample.</summary>
    /// <param name="inputs">The inputs of the plan.</param>
    /// <param name="trace">What the bundle wrote: <see cref="TraceBytes"/> bytes.</param>
    /// <param name="progress">Called before each step.</param>
    public void Add(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<byte> trace, Action<int>? progress = null)
    {
        var traced = new Dictionary<string, Tensor>();
        for (int i = 0; i < inputs.Length; i++)
            traced[bundle.Values[bundle.Inputs[i]].Name] = inputs[i];
        foreach (PlanStep step in bundle.Steps)
        {
            progress?.Invoke(step.Index);
            PlanValue value = bundle.Values[step.Result];
            Tensor actual = Tensor.FromBytes(value.Type.Element, value.Type.Shape, trace[..(int)value.Type.Bytes].ToArray());
            trace = trace[(int)value.Type.Bytes..];
            Tensor expected = Expected(step, value, traced);
            tallies[step.Index].Compare(expected, actual, FloatBound.Of(step.Kernel));
            traced[value.Name] = actual;
        }
    }

    /// <summary>Bytes of one sample's trace of a task: the results of the steps it needs, dense.</summary>
    public long TaskBytes(int task) => bundle.Steps.Where(step => Needs(step, task)).Sum(step => bundle.Values[step.Result].Type.Bytes);

    /// <summary>Compares one sample of which one output was asked for with the same sample's whole trace.</summary>
    /// <param name="whole">What the bundle wrote when it computed all: <see cref="TraceBytes"/> bytes.</param>
    /// <param name="trace">What it wrote for the task: <see cref="TaskBytes"/> bytes.</param>
    public void AddTask(int task, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> trace)
    {
        foreach (PlanStep step in bundle.Steps)
        {
            TensorType type = bundle.Values[step.Result].Type;
            if (Needs(step, task))
            {
                Tensor expected = Tensor.FromBytes(type.Element, type.Shape, whole[..(int)type.Bytes].ToArray());
                tallies[step.Index].Compare(expected, Tensor.FromBytes(type.Element, type.Shape, trace[..(int)type.Bytes].ToArray()), 0);
                trace = trace[(int)type.Bytes..];
            }

            whole = whole[(int)type.Bytes..];
        }
    }

    private static bool Needs(PlanStep step, int task) => (step.Tasks >> task & 1) != 0;

    /// <summary>The verdict on every step over all samples.</summary>
    public ImmutableArray<LayerResult> Results() => [.. bundle.Steps.Select((step, i) => tallies[i].Result(step, bundle.Values[step.Result]))];

    // A step the reference does not have moves elements to padded rows: the same elements under another shape.
    private Tensor Expected(PlanStep step, PlanValue value, Dictionary<string, Tensor> traced)
    {
        if (!steps.TryGetValue(value.Name, out PlanStep? known))
            return Load(bundle.Values[step.Operands[0]].Name, traced).Reshape(value.Type.Shape);
        TensorType type = value.Type;
        return KernelRunner.Run(known.Kernel, [.. known.Operands.Select(o => Load(reference.Values[o].Name, traced))], type.Element, type.Shape);
    }

    private Tensor Load(string name, Dictionary<string, Tensor> traced)
    {
        if (traced.TryGetValue(name, out Tensor? tensor))
            return tensor;
        PlanValue value = values[name];
        PlanValue root = reference.Values[value.Root];
        return root.Place == Place.Weights
            ? Tensor.FromBytes(root.Type.Element, value.Type.Shape, reference.Weights.Bytes.AsSpan((int)root.Offset, (int)root.Type.Bytes).ToArray())
            : traced[root.Name].Reshape(value.Type.Shape);
    }

    private sealed class Tally
    {
        private long differing;
        private long elements;
        private double worst;
        private bool isFloat;
        private string? first;

        public void Compare(Tensor expected, Tensor actual, double bound)
        {
            isFloat = expected.Element.IsFloat();
            elements += expected.Count;
            if (expected.Bytes.SequenceEqual(actual.Bytes))
                return;
            double most = 0;
            for (int i = 0; isFloat && i < expected.Count; i++)
                most = Math.Max(most, double.IsFinite(expected.Number(i)) ? Math.Abs(expected.Number(i)) : 0);
            double allowed = isFloat ? bound * most + 1e-7 : 0;
            for (int i = 0; i < expected.Count; i++)
            {
                double wanted = expected.Number(i), got = actual.Number(i);
                double difference = Math.Abs(wanted - got);
                if (wanted.Equals(got) || (isFloat && double.IsNaN(wanted) && double.IsNaN(got)))
                    continue;
                double relative = isFloat ? difference / Math.Max(most, double.Epsilon) : difference;
                worst = Math.Max(worst, double.IsNaN(relative) ? double.PositiveInfinity : relative);
                if (difference <= allowed)
                    continue;
                differing++;
                first ??= $"{At(expected.Shape, i)}: {got} instead of {wanted}";
            }
        }

        public LayerResult Result(PlanStep step, PlanValue value) => new(
            step.Index, step.Name, step.Kernel.Shape, value.Name, step.Origin.ToString(), isFloat, differing == 0, differing, elements, worst, first);

        private static string At(Shape shape, int index)
        {
            var position = new int[shape.Rank];
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
                (index, position[axis]) = Math.DivRem(index, shape[axis]);
            return $"[{string.Join(',', position)}]";
        }
    }
}
