using System.Collections.Immutable;
using System.Numerics;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>Puts a plan on the engines: shapes of all layers, sizes of the engines, commands, parameter image.</summary>
public sealed class HlsPlanner
{
    private readonly ModelPlan plan;
    private readonly string model;
    private readonly MemoryMap map;
    private readonly ParameterImage image;
    private readonly List<ConvolutionShape> shapes = [];
    private readonly List<AttentionShape> attentions = [];
    private readonly List<HlsCommand> others = [];

    private HlsPlanner(ModelPlan plan, string model)
    {
        (this.plan, this.model) = (plan, model);
        map = MemoryMap.Of(plan);
        image = new(map.Image);
    }

    /// <param name="plan">Planned with <see cref="EngineConfiguration.Lanes"/> lanes.</param>
    /// <param name="model">The model's file name, for diagnostics.</param>
    /// <exception cref="DiagnosticException">A kernel has no form on the engines, or they do not fit the target.</exception>
    public static HlsPlan Plan(ModelPlan plan, FpgaTarget target, HlsOptions options, string model)
    {
        if (plan.Lanes != EngineConfiguration.Lanes)
            throw new DiagnosticException(HlsDiagnostics.LanesMismatch(model, plan.Lanes, EngineConfiguration.Lanes));
        var planner = new HlsPlanner(plan, model);
        planner.CheckMemory(planner.map.Image);
        var bag = new DiagnosticBag();
        foreach (PlanStep step in plan.Steps)
        {
            try
            {
                planner.Lower(step);
            }
            catch (DiagnosticException problem)
            {
                bag.AddRange(problem.Diagnostics);
            }
        }

        bag.ThrowIfErrors();
        LayerStream[] streams = options.Streams ? [.. LayerStream.Of(plan).Where(s => s.IsAlive(plan))] : [];
        EngineConfiguration configuration = HlsSizer.Choose(planner.shapes, planner.attentions, planner.others, streams, target, options, model);
        return planner.Finish(configuration with { Rounding = plan.Rounding }, target, options);
    }

    private void Lower(PlanStep step)
    {
        PlanValue result = plan.Values[step.Result];
        if (result.Type.Shape.ElementCount == 0)
            return;
        if (step.Kernel is BranchedKernel)
            throw HlsFault.NoIntegerForm(model, step);
        if (!TakesAnyWidth(step) && step.Operands.Take(step.Kernel is DeformKernel ? 1 : int.MaxValue).Append(step.Result).Any(v => plan.Values[v].Type.Element == ElementType.I16))
            throw new DiagnosticException(HlsDiagnostics.WideActivations(HlsFault.Location(model, step)));
        if (KernelRounding.Of(step.Kernel) is { } own && own != plan.Rounding)
            throw new DiagnosticException(HlsDiagnostics.MixedRounding(HlsFault.Location(model, step), own.Text(), plan.Rounding.Text()));
        switch (step.Kernel)
        {
            case WindowKernel k:
                AddConvolution(step, ConvolutionShape.Of(step, k, model));
                break;
            case MatmulKernel { Weights: null } k when Mix(step, k) is { } mix:
                others.Add(mix);
                break;
            case MatmulKernel k:
                AddConvolution(step, ConvolutionShape.Of(step, k, model));
                break;
            case ExpertMatmulKernel k:
                AddExperts(step, k);
                break;
            case DeformKernel k:
                AddConvolution(step, ConvolutionShape.Of(step, k, IsWide(1), IsWide(2), model));
                break;
            case MapKernel { Step: AddStep or MultiplyStep or PreluStep or MaximumStep or MinimumStep } k when TypesOf(step).Append(result.Type).All(t => t.Element == ElementType.I8):
                others.Add(MapLowering.Lower(step.Index, k.Step, [.. step.Operands.Select(ShapeOf)], [.. step.Operands.Select(Address)], result.Type.Shape, Address(step.Result))
                    ?? throw Broadcast(step));
                break;
            case MapKernel k when ElementLowering.Has(k.Step, TypesOf(step)):
                others.Add(ElementLowering.Lower(step.Index, k.Step, TypesOf(step), [.. step.Operands.Select(Address)], result.Type, Address(step.Result))
                    ?? throw Broadcast(step));
                break;
            case TableKernel k:
                others.Add(MapLowering.Lower(step.Index, k, Address(step.Operands[0]), result.Type.Shape, Address(step.Result), image));
                break;
            case RowNormKernel { Step: SoftmaxStep softmax } k:
                others.Add(RowLowering.Softmax(
                    step.Index, softmax, Rows(step, k.Geometry), Address(step.Operands[0]), Address(step.Result), RowLowering.AddTable(softmax, image)));
                break;
            case ReduceKernel { Finish: IndexFinish { Operand: ElementType.I8, Last: false } } k:
                AddSelection(step, new(k.Geometry, 1, k.Mode == ReduceMode.Maximum, ElementType.I8));
                break;
            case ReduceKernel { Finish: IntegerFinish { Multipliers.Count: 1 } or ClampFinish } k:
                others.Add(RowLowering.Reduce(step.Index, k, Rows(step, k.Geometry), Address(step.Operands[0]), Address(step.Result))
                    ?? throw new DiagnosticException(HlsDiagnostics.RequantizationTooWide(HlsFault.Location(model, step))));
                break;
            case GroupNormKernel { Step: IntegerLayerNormStep norm } k:
                others.Add(NormLowering.Lower(step.Index, norm, NormRows(step, k.Geometry), Address(step.Operands[0]), Address(step.Result), image));
                break;
            case AttentionKernel k:
                AddAttention(step, k);
                break;
            case ResampleKernel { Finish: IntegerFinish { Multipliers.Count: 1 } } k:
                AddResample(step, k);
                break;
            case SelectKernel { Operand: ElementType.I8 } k:
                AddSelection(step, k);
                break;
            case GatherKernel k:
                others.Add(SelectionLowering.Gather(step.Index, k, [.. step.Operands.Select(ShapeOf)], result.Type.Shape, [.. step.Operands.Select(Address)], Address(step.Result))
                    ?? throw HlsFault.Layout(model, step, $"This takes from axes of {ShapeOf(step.Operands[0])} that are not stored as such"));
                break;
            case ScatterKernel k:
                others.Add(SelectionLowering.Scatter(step.Index, k, [.. step.Operands.Select(ShapeOf)], [.. step.Operands.Select(Address)], Address(step.Result))
                    ?? throw HlsFault.Layout(model, step, $"This puts elements into axes of {ShapeOf(step.Operands[0])} that are not stored as such, or into more than {SelectionLowering.MostScattered * EngineConfiguration.Lanes} bytes at once"));
                break;
            case MoveKernel k:
                others.Add(MoveLowering.Lower(
                    step.Index, k, [.. step.Operands.Select(Address)], Address(step.Result), (int)MemoryMap.WordsOf(result), MoveBuffer, image)
                    ?? throw new DiagnosticException(HlsDiagnostics.TooManyMoves(HlsFault.Location(model, step), MoveLowering.MostRecords)));
                break;
            default:
                throw HlsFault.NoIntegerForm(model, step);
        }

        bool IsWide(int operand) => operand < step.Operands.Length && plan.Values[step.Operands[operand]].Type.Element == ElementType.I16;
    }

    /// <summary>Words of the mover's buffer: programs are cut for it before the other sizes are known.</summary>
    private const int MoveBuffer = HlsSizer.MoveWords;

    private void AddConvolution(PlanStep step, ConvolutionShape shape)
    {
        Shape source = ShapeOf(step.Operands[0]), result = ShapeOf(step.Result);
        ConvolutionWindow w = shape.Window;
        if (source.Rank == 0 || source[^1] != shape.Channels || source.ElementCount / shape.Channels != (long)w.Batch * w.Height * w.Width * (shape.Product is { LeftStep: > 0 } ? shape.Repeat : 1))
            throw HlsFault.Layout(model, step, $"The input {source} is not stored as rows of {shape.Channels}");
        if (result.Rank == 0 || result[^1] != shape.OutChannels || result.ElementCount / shape.OutChannels != (long)shape.Repeat * w.Batch * w.OutHeight * w.OutWidth)
            throw HlsFault.Layout(model, step, $"The output {result} is not stored as rows of {shape.OutChannels}");
        if (shape.Product is { } product && !IsRightSide(ShapeOf(step.Operands[1]), product, shape))
            throw HlsFault.Layout(model, step, $"The right side {ShapeOf(step.Operands[1])} is not stored as rows of {(product.ByRows ? product.Inner : shape.OutChannels)}");
        AddChecked(step, shape);
    }

    // Stored as rows of the very extents of the product.
    private MapCommand? Mix(PlanStep step, MatmulKernel k) =>
        ShapeOf(step.Operands[0])[^1] == k.Geometry.Inner && ShapeOf(step.Operands[1])[^1] == k.Geometry.Columns && ShapeOf(step.Result)[^1] == k.Geometry.Columns
            ? MapLowering.Mix(step.Index, k, Address(step.Operands[0]), Address(step.Operands[1]), Address(step.Result))
            : null;

    private void AddExperts(PlanStep step, ExpertMatmulKernel kernel)
    {
        if (!kernel.Geometry.ByExpert)
            throw new DiagnosticException(HlsDiagnostics.RowByRow(HlsFault.Location(model, step)));
        if (ShapeOf(step.Operands[0])[^1] != kernel.Geometry.Inner || ShapeOf(step.Result)[^1] != kernel.Geometry.Columns || ShapeOf(step.Operands[1])[^1] != kernel.Geometry.Choices)
            throw HlsFault.Layout(model, step, $"The input {ShapeOf(step.Operands[0])}, the indices {ShapeOf(step.Operands[1])} or the output {ShapeOf(step.Result)} are not stored as rows");
        others.Add(ExpertLowering.Queue(step, kernel, Address(step.Operands[1]), MemoryMap.WordsOf(plan.Values[step.Operands[1]])));
        foreach (ConvolutionShape shape in ExpertLowering.Products(step, kernel, model))
            AddChecked(step, shape);
    }

    private void AddChecked(PlanStep step, ConvolutionShape shape)
    {
        if (shape.AccumulatorBits > 32)
            throw new DiagnosticException(HlsDiagnostics.AccumulatorTooWide(HlsFault.Location(model, step), shape.AccumulatorBits));
        if (!shape.Finishes.All(f => f.Fits(shape.Product is null ? shape.SumBound : 2 * shape.SumBound)))
            throw new DiagnosticException(HlsDiagnostics.RequantizationTooWide(HlsFault.Location(model, step)));
        shapes.Add(shape);
    }

    private void AddAttention(PlanStep step, AttentionKernel kernel)
    {
        AttentionGeometry g = kernel.Geometry;
        var shape = AttentionShape.Of(step, kernel);
        (int keyRows, int keyRow) = g.KeysByRow ? (g.Columns, g.Inner) : (g.Inner, g.Columns);
        (int, int)[] expected =
        [
            (g.Batch * g.Rows, g.Inner), (shape.Contexts * keyRows, keyRow), (shape.Contexts * g.Columns, g.Width),
            .. kernel.Bias is { } bias ? [(bias.Count * (bias.ByRow ? g.Rows : 1), g.Columns)] : Array.Empty<(int, int)>(), (g.Batch * g.Rows, g.Width),
        ];
        foreach ((int value, (int rows, int row)) in step.Operands.Append(step.Result).Zip(expected))
        {
            Shape stored = ShapeOf(value);
            if (stored.Rank == 0 || stored[^1] != row || stored.ElementCount != (long)rows * row)
                throw HlsFault.Layout(model, step, $"{stored} is not stored as rows of {row}");
        }

        if (shape.ScoreBound > int.MaxValue)
            throw new DiagnosticException(HlsDiagnostics.AccumulatorTooWide(HlsFault.Location(model, step), 65 - BitOperations.LeadingZeroCount((ulong)shape.ScoreBound)));
        if (!shape.ScoresFit)
            throw new DiagnosticException(HlsDiagnostics.RequantizationTooWide(HlsFault.Location(model, step)));
        attentions.Add(shape);
    }

    private void AddResample(PlanStep step, ResampleKernel kernel)
    {
        Shape source = ShapeOf(step.Operands[0]), result = ShapeOf(step.Result);
        ResampleLayout layout = ResampleLayout.Of(kernel, source, result)
            ?? throw HlsFault.Layout(model, step, $"Interpolation from {source} to {result} cuts across the rows they are stored in");
        if (kernel.Reach > ResampleLowering.MostReach)
            throw new DiagnosticException(HlsDiagnostics.AccumulatorTooWide(HlsFault.Location(model, step), 65 - BitOperations.LeadingZeroCount((ulong)(255 * kernel.Reach))));
        others.AddRange(ResampleLowering.Lower(step.Index, kernel, layout, Address(step.Operands[0]), Address(step.Result), image)
            ?? throw new DiagnosticException(HlsDiagnostics.RequantizationTooWide(HlsFault.Location(model, step))));
    }

    /// <summary>False for kernels whose engine takes 8 bits.</summary>
    private bool TakesAnyWidth(PlanStep step) =>
        step.Kernel is MoveKernel or GatherKernel or ScatterKernel || (step.Kernel is MapKernel map && ElementLowering.Has(map.Step, TypesOf(step)));

    private void AddSelection(PlanStep step, SelectKernel kernel)
    {
        if (kernel.Count > SelectionLowering.MostSelected)
            throw new DiagnosticException(HlsDiagnostics.TooManySelected(HlsFault.Location(model, step), kernel.Count, SelectionLowering.MostSelected));
        Shape source = ShapeOf(step.Operands[0]);
        others.Add(SelectionLowering.Select(step.Index, kernel, source, ShapeOf(step.Result), Address(step.Operands[0]), Address(step.Result))
            ?? throw HlsFault.Layout(model, step, $"This selects from rows of {kernel.Geometry.Length} that do not lie along the last axis of {source}"));
    }

    private DiagnosticException Broadcast(PlanStep step) =>
        HlsFault.Layout(model, step, $"This broadcasts {string.Join(" with ", step.Operands.Select(ShapeOf))} over more than three loops");

    private static bool IsRightSide(Shape right, DynamicProduct product, ConvolutionShape shape)
    {
        (int rows, int row) = product.ByRows ? (shape.OutChannels, product.Inner) : (product.Inner, shape.OutChannels);
        return right.Rank > 0 && right[^1] == row && right.ElementCount / row == (long)rows * (product.RightStep > 0 ? shape.Repeat : 1);
    }

    private RowLayout Rows(PlanStep step, in Runtime.Kernels.RowGeometry geometry)
    {
        Shape source = ShapeOf(step.Operands[0]);
        return RowLayout.Of(geometry, source, ShapeOf(step.Result))
            ?? throw HlsFault.Layout(model, step, $"Rows of {geometry.Length} cut across the storage of {source}");
    }

    private NormLayout NormRows(PlanStep step, in Runtime.Kernels.GroupGeometry geometry)
    {
        Shape source = ShapeOf(step.Operands[0]);
        return NormLayout.Of(geometry, source)
            ?? throw HlsFault.Layout(model, step, $"Groups of {geometry.Channels} channels cut across the storage of {source}");
    }

    private HlsPlan Finish(EngineConfiguration configuration, FpgaTarget target, HlsOptions options)
    {
        var layers = ImmutableArray.CreateBuilder<HlsLayer>();
        var commands = ImmutableArray.CreateBuilder<HlsCommand>();
        Dictionary<int, LayerCost> costs = LoadCost.Layers(Runs(configuration), configuration);
        foreach (PlanStep step in plan.Steps)
        {
            int first = commands.Count;
            LayerCost cost = costs.GetValueOrDefault(step.Index);
            foreach (HlsCommand other in others.Where(c => c.Layer == step.Index))
            {
                commands.Add(other);
                cost += LayerCost.Of(other, configuration);
            }

            AttentionTraffic? traffic = null;
            foreach (AttentionShape shape in attentions.Where(s => s.Layer == step.Index))
            {
                commands.AddRange(AttentionLowering.Lower(shape, configuration.Attention, [.. step.Operands.Select(Address)], Address(step.Result), image));
                cost += AttentionCost.Of(shape, configuration.Attention, configuration.FinishInterval);
                traffic = AttentionTraffic.Of(shape, configuration.Attention);
            }

            SampleAccess access = SampleAccess.None;
            long rows = 0;
            LayerStream? stream = configuration.StreamOf(step.Index);
            foreach (ConvolutionShape shape in Shapes(step.Index, configuration))
            {
                if (stream is { } pair)
                {
                    LowerStream(pair, step, shape, configuration, layers, commands);
                    continue;
                }

                int[] sides = shape.Product is null && shape.Deform is null ? [] : [.. step.Operands.Skip(1).Select(Address)];
                List<ConvolutionTile> tiles = configuration.Cut(shape);
                commands.AddRange(ConvolutionLowering.Lower(shape, tiles, configuration, Address(step.Operands[0]), Address(step.Result), sides, image));
                if (shape.Deform is { } deform)
                    (access, rows) = (deform.Access, tiles.Max(t => deform.LineWords(t.Words)) * EngineConfiguration.Lanes);
            }

            layers.Add(HlsLayer.Of(step, first, commands.Count - first, cost, target) with { Samples = access, SampleBytes = rows, Attention = traffic, Stream = stream });
        }

        CheckMemory(map.Image + image.Words);
        return new(
            plan, target, options, configuration, layers.ToImmutable(), commands.ToImmutable(), map, image.ToArray(),
            HlsCost.Resources(configuration, target));
    }

    /// <summary>
    /// The commands of a layer of a stream. The source's run where that layer is called alone, to look at its results; the reader's
    /// run both layers.
    /// </summary>
    private void LowerStream(
        LayerStream stream, PlanStep step, ConvolutionShape shape, EngineConfiguration configuration, ImmutableArray<HlsLayer>.Builder layers, ImmutableArray<HlsCommand>.Builder commands)
    {
        bool isSource = step.Index == stream.Source;
        ConvolutionShape source = isSource ? shape : Shapes(stream.Source, configuration).Single(), reader = isSource ? Shapes(stream.Reader, configuration).Single() : shape;
        List<StreamTile> tiles = configuration.Cut(source, reader)!;
        IEnumerable<ConvolutionCommand> own = ConvolutionLowering.Lower(
            shape, tiles.Select(t => isSource ? t.Source : t.Reader), configuration, Address(step.Operands[0]), Address(step.Result), [], image);
        if (isSource)
        {
            commands.AddRange(own);
            return;
        }

        int first = layers[stream.Source].FirstCommand;
        commands.AddRange(own.Select((c, i) => new StreamedCommand(first + i, c) { Layer = step.Index }));
    }

    /// <summary>All commands of the convolution engine, in the order they run.</summary>
    private IEnumerable<EngineRun> Runs(EngineConfiguration configuration)
    {
        foreach (ConvolutionShape shape in shapes.Select(configuration.Resolve))
        {
            LayerStream? stream = configuration.StreamOf(shape.Layer);
            IEnumerable<EngineRun> own = stream switch
            {
                null => EngineRun.Of(shape, configuration.Cut(shape), configuration),
                { } pair when pair.Source == shape.Layer => [],
                { } pair => Streamed(Shapes(pair.Source, configuration).Single(), shape),
            };
            foreach (EngineRun run in own)
                yield return run;
        }

        IEnumerable<EngineRun> Streamed(ConvolutionShape source, ConvolutionShape reader) => EngineRun.Of(source, reader, configuration.Cut(source, reader)!, configuration);
    }

    private IEnumerable<ConvolutionShape> Shapes(int layer, EngineConfiguration configuration) =>
        shapes.Where(s => s.Layer == layer).Select(configuration.Resolve);

    /// <exception cref="DiagnosticException">Word addresses would leave 31 bits.</exception>
    private void CheckMemory(long words)
    {
        if (words > int.MaxValue)
            throw new DiagnosticException(HlsDiagnostics.MemoryTooLarge(model, words * EngineConfiguration.Lanes, (long)int.MaxValue * EngineConfiguration.Lanes));
    }

    private Shape ShapeOf(int value) => plan.Values[value].Type.Shape;

    private TensorType[] TypesOf(PlanStep step) => [.. step.Operands.Select(v => plan.Values[v].Type)];

    private int Address(int value)
    {
        PlanValue v = plan.Values[value];
        return v.Place == Place.Weights ? image.AddConstant(plan.Weights, v) : checked((int)map.AddressOf(v));
    }
}
