using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>
/// Turns a canonical or quantized graph into a plan: every node lowered to a kernel, in the graph's order; reshapes become
/// views where the storage allows it; every value gets its place, the arena is laid out and the constants packed.
/// </summary>
public sealed class Planner
{
    private readonly Graph graph;
    private readonly PlanOptions options;
    private readonly List<Draft> values = [];
    private readonly Dictionary<string, int> byName = [];
    private readonly List<(string Name, Kernel Kernel, int[] Operands, int Result, Origin Origin)> steps = [];
    private readonly List<int> outputs = [];
    private readonly Identifiers identifiers = new();
    private readonly WeightPacker weights = new();

    private Planner(Graph graph, PlanOptions options) => (this.graph, this.options) = (graph, options);

    /// <summary>Plans a graph.</summary>
    /// <param name="model">The model's file name, for diagnostics.</param>
    /// <exception cref="DiagnosticException">A node has no kernel, an accumulator may overflow, or the arena exceeds <see cref="PlanOptions.Ram"/>.</exception>
    public static ModelPlan Plan(Graph graph, PlanOptions options, string model)
    {
        var planner = new Planner(graph, options);
        var bag = new DiagnosticBag();
        planner.Lower(bag, model);
        bag.ThrowIfErrors();
        ModelPlan plan = planner.Finish();
        if (options.Streams && LayerStream.KeepOperands(plan, options.Alignment) is var kept && (options.Ram is not long most || kept.ArenaBytes <= most))
            plan = kept;
        if (options.Bands)
            plan = BandSearch.Run(plan, options.Alignment);
        if (options.Ram is long ram && plan.ArenaBytes > ram)
            throw new DiagnosticException(PlanDiagnostics.ArenaTooLarge(model, plan.ArenaBytes, ram, Culprits(plan)));
        return plan;
    }

    private void Lower(DiagnosticBag bag, string model)
    {
        foreach (string input in graph.Inputs)
            Define(input, graph.TypeOf(input));
        foreach (Node node in graph.Nodes)
        {
            try
            {
                Lower(node);
            }
            catch (OperatorException problem)
            {
                bag.Add(Diagnostic.Error(problem.Code, $"{model}({node.Origin} -> {node.Output})", problem.Message));
                Define(node.Output, graph.TypeOf(node.Output)); // so that its readers can be looked at too
            }
        }

        foreach (string output in graph.Outputs)
            ClaimOutput(output);
    }

    private void Lower(Node node)
    {
        if (ExactSums.Is(graph, node.Output))
        {
            ExactSums.Check(graph, node);
            return; // lowered with the node that finishes them
        }

        if (RangeOperand.Of(graph, node.Output) is not null)
            return; // the concatenations that read it do

        switch (NodeLowering.Of(graph, node, options.Lanes))
        {
            case ViewLowered view:
                View(node, view.Operand);
                break;
            case KernelLowered { Kernel: var kernel, Operands: var operands }:
                int[] sources = [.. operands.Select(Operand)];
                AddStep(node.Output, kernel, sources, Define(node.Output, graph.TypeOf(node.Output)), ExactSums.Behind(graph, node) is { } source ? source.Origin.Union(node.Origin) : node.Origin);
                break;
        }
    }

    private void View(Node node, string source)
    {
        TensorType type = graph.TypeOf(node.Output);
        int operand = Operand(source);
        Shape from = values[operand].Type.Shape;
        if (Storage.SameLayout(from, type.Shape, options.Lanes))
        {
            Define(node.Output, type, values[operand].Root);
            return;
        }

        AddStep(node.Output, Relayout.Kernel(type.Element, from, type.Shape, options.Lanes), [operand], Define(node.Output, type), node.Origin);
    }

    private void ClaimOutput(string output)
    {
        int index = Operand(output);
        Draft root = values[values[index].Root];
        if (root.IsStepResult && root.OutputPort < 0)
        {
            root.OutputPort = outputs.Count;
            outputs.Add(index);
            return;
        }

        // An input, a constant or another output's bytes: the caller gets a copy.
        TensorType type = values[index].Type;
        int count = (int)Storage.Count(type.Shape, options.Lanes);
        var copy = new StridedCopy(0, [count], [1], [1], 0, 0);
        int target = Define(output + "_output", type);
        values[target].OutputPort = outputs.Count;
        outputs.Add(target);
        Node? producer = graph.Producer(output);
        AddStep(output + "_output", new MoveKernel(type.Element.SizeOf(), count, [copy]), [index], target, producer?.Origin ?? Origin.Of(output));
    }

    private int Operand(string name)
    {
        if (byName.TryGetValue(name, out int index))
            return index;
        Tensor constant = graph.ConstantOf(name)
            ?? throw new InvalidOperationException($"value {name} is read before it is defined");
        index = Define(name, graph.TypeOf(name));
        values[index].Offset = weights.Add(options.Lanes == 1 ? constant : Relayout.Pad(constant, options.Lanes));
        return index;
    }

    private int Define(string name, TensorType type, int? root = null)
    {
        int index = values.Count;
        values.Add(new(name, type, root ?? index));
        byName[name] = index;
        return index;
    }

    private void AddStep(string name, Kernel kernel, int[] operands, int result, Origin origin)
    {
        values[result].FirstStep = steps.Count;
        values[result].IsStepResult = true;
        foreach (int operand in operands)
            values[values[operand].Root].LastStep = steps.Count;
        steps.Add((identifiers.Make(name), kernel, operands, result, origin));
    }

    private ModelPlan Finish()
    {
        var roots = new List<ArenaBlock>();
        for (int i = 0; i < values.Count; i++)
        {
            Draft value = values[i];
            if (value.Root == i && value.IsStepResult && value.OutputPort < 0)
                roots.Add(new(i, Bytes(value.Type), value.FirstStep, Math.Max(value.LastStep, value.FirstStep)));
        }

        ArenaLayout arena = ArenaLayout.Of(roots, options.Alignment);
        ImmutableArray<PlanStep> planned = [.. steps.Select((step, i) => Step(i, step))];
        var plan = new ModelPlan(
            Identifiers.Of(graph.Name),
            [.. values.Select((value, i) => Value(i, value, arena))],
            planned,
            [.. graph.Inputs.Select(name => byName[name])],
            [.. outputs],
            weights.Image(),
            arena.Bytes,
            options.Lanes,
            graph.Rounding);
        return graph.ByTask ? TaskSteps.Mark(plan) : plan;
    }

    private PlanStep Step(int index, (string Name, Kernel Kernel, int[] Operands, int Result, Origin Origin) step)
    {
        ImmutableArray<PlanConstant> constants =
            [.. (options.Panels ? WeightPanels.Constants(step.Kernel, values[step.Operands[0]].Type.Element) : step.Kernel.Constants).Select(c => new PlanConstant(c.Role, weights.Add(c.Value), c.Value))];
        var cost = new StepCost(
            KernelCost.Macs(step.Kernel),
            step.Operands.Sum(o => values[o].Type.Bytes),
            values[step.Result].Type.Bytes,
            constants.Sum(c => (long)c.Value.Bytes.Length));
        return new(index, step.Name, step.Kernel, [.. step.Operands], step.Result, constants, cost, step.Origin)
        {
            Sums = AccumulatorRange.Of(step.Kernel, values[step.Operands[0]].Type.Element),
        };
    }

    private PlanValue Value(int index, Draft value, ArenaLayout arena)
    {
        Draft root = values[value.Root];
        int input = graph.Inputs.IndexOf(root.Name);
        (Place place, int port, long offset) = root switch
        {
            { OutputPort: >= 0 } => (Place.Output, root.OutputPort, 0L),
            { IsStepResult: true } => (Place.Arena, -1, arena.Offset(value.Root)),
            _ when input >= 0 => (Place.Input, input, 0L),
            _ => (Place.Weights, -1, root.Offset),
        };
        int last = place is Place.Arena ? Math.Max(root.LastStep, root.FirstStep) : steps.Count;
        return new(index, value.Name, value.Type, place, port, offset, Bytes(value.Type), root.FirstStep, last, value.Root);
    }

    private static IEnumerable<string> Culprits(ModelPlan plan) => plan.Values
        .Where(v => v.Place == Place.Arena && v.Root == v.Index)
        .OrderByDescending(v => v.Bytes).Take(3)
        .Select(v => $"{v.Name} {v.Type} ({v.Bytes} bytes)");

    private long Bytes(TensorType type) => Storage.Count(type.Shape, options.Lanes) * type.Element.SizeOf();

    private sealed class Draft(string name, TensorType type, int root)
    {
        public string Name => name;

        public TensorType Type => type;

        public int Root => root;

        public int FirstStep { get; set; } = -1;

        public int LastStep { get; set; } = -1;

        public bool IsStepResult { get; set; }

        public int OutputPort { get; set; } = -1;

        public long Offset { get; set; }
    }
}
