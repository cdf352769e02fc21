using System.Collections.Immutable;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.CSharp;

/// <summary>
/// A step as calls of the runtime's kernels, with the very arguments with which <see cref="KernelRunner"/> calls them. Its
/// operands are x, or a and b, or x0, x1, …; it writes y.
/// </summary>
/// <param name="name">The step's method: begins the names of its fields.</param>
internal sealed class KernelCalls(PlanStep step, string name)
{
    /// <summary>Columns the body of a method stands in from the left.</summary>
    public const int Margin = 8;

    public static string[] Operands(PlanStep step) => step.Operands.Length switch
    {
        1 => ["x"],
        2 => ["a", "b"],
        _ => [.. step.Operands.Select((_, i) => $"x{i}")],
    };

    public CSharpBody Body() => step.Kernel switch
    {
        WindowKernel k => Window(k),
        MatmulKernel k => Matmul(k),
        ExpertMatmulKernel k => Experts(k),
        MapKernel k => Map(k),
        TableKernel => new(Call("TableLookup.Map", "x", Constant<sbyte>("table"), "y")),
        ReduceKernel k => Reduce(k),
        RowNormKernel k => RowNorm(k),
        GroupNormKernel k => GroupNorm(k),
        ResampleKernel k => Resample(k),
        AttentionKernel k => Attention(k),
        DeformKernel k => Deform(k),
        BranchedKernel k => Branched(k),
        MoveKernel k => Move(k),
        GatherKernel k => Indexed(k.Geometry, "Gather", "a", "b", "y", "0", $"{k.Geometry.Rows}"),
        ScatterKernel k => Indexed(k.Geometry, "Scatter", "x0", "x1", "x2", "y"),
        SelectKernel k => new(Rows(k.Geometry), Call($"Selection.{(k.Greatest ? "Greatest" : "Least")}", "rows", $"{k.Count}", "x", "y", "0", $"{k.Geometry.Outer}")),
        ConvertKernel k => new(Call($"FloatConversion.{k.Conversion}", "x", CSharpLiteral.Float(k.Scale), $"{k.Zero}", "y")),
        _ => throw new InvalidOperationException($"{step.Kernel.Shape} is no kernel of the closed family"),
    };

    private CSharpBody Window(WindowKernel k)
    {
        WindowGeometry g = k.Geometry;
        string geometry = Geometry(g);
        string[] rows = ["y", "0", $"{g.Batch * g.OutHeight}"];
        return (k.Mode, k.Finish) switch
        {
            (WindowMode.Convolution, IntegerFinish f) when k.Groups is { } groups => new(
                [
                    geometry, Finish(f),
                    Call("GroupedWindow.Convolve", ["window", "x", $"{k.InputZero}", Weights(k.Weights!), $"{groups.Size}", Constant<byte>("groups"), Constant<int>("bias"), "finish", .. rows]),
                ],
                Unpacked(k.Weights)),
            (WindowMode.Convolution, IntegerFinish or ThresholdFinish) => new(
                [geometry, Finish(k.Finish), Call("IntegerWindow.Convolve", ["window", "x", $"{k.InputZero}", Weights(k.Weights!), Constant<int>("bias"), "finish", .. rows])],
                Unpacked(k.Weights)),
            (WindowMode.Convolution, FloatFinish f) => new(
                geometry, Call("FloatWindow.Convolve", ["window", "x", Constant<float>("weights"), Constant<float>("bias"), .. Bounds(f), .. rows])),
            (WindowMode.Maximum, ClampFinish f) => new(geometry, Call("IntegerWindow.Maximum", ["window", "x", .. Bounds(f), .. rows])),
            (WindowMode.Maximum, FloatFinish f) => new(geometry, Call("FloatPool.Maximum", ["window", "x", .. Bounds(f), .. rows])),
            (WindowMode.Average, IntegerFinish f) => new(
                geometry, Finish(f), Call("IntegerWindow.Average", ["window", "x", $"{k.InputZero}", CSharpLiteral.Bool(k.CountPadding), "finish", .. rows])),
            (WindowMode.Average, FloatFinish f) => new(
                geometry, Call("FloatPool.Average", ["window", "x", CSharpLiteral.Bool(k.CountPadding), .. Bounds(f), .. rows])),
            _ => throw Mismatch(k.Finish),
        };
    }

    private static string Geometry(WindowGeometry g) => SourceText.Wrap(
        "var window = new WindowGeometry(",
        [
            $"Batch: {g.Batch}", $"Height: {g.Height}", $"Width: {g.Width}", $"Channels: {g.Channels}", $"OutHeight: {g.OutHeight}",
            $"OutWidth: {g.OutWidth}", $"OutChannels: {g.OutChannels}", $"KernelHeight: {g.KernelHeight}", $"KernelWidth: {g.KernelWidth}",
            $"StrideY: {g.StrideY}", $"StrideX: {g.StrideX}", $"DilationY: {g.DilationY}", $"DilationX: {g.DilationX}",
            $"PadTop: {g.PadTop}", $"PadLeft: {g.PadLeft}", $"Groups: {g.Groups}",
        ],
        ");", Margin).TrimStart();

    private CSharpBody Deform(DeformKernel k)
    {
        WindowGeometry g = k.Geometry;
        DeformSampling s = k.Sampling;
        string[] operands = Operands(step), rows = ["y", "0", $"{g.Batch * g.OutHeight}"];
        string mask = k.Masked ? operands[2] : "[]";
        string sampling = SourceText.Wrap(
            "var sampling = new DeformSampling(",
            [$"OffsetGroups: {s.OffsetGroups}", $"Square: {CSharpLiteral.Bool(s.Square)}", $"Fraction: {s.Fraction}", $"Lo: {CSharpLiteral.Float(s.Lo)}", $"Hi: {CSharpLiteral.Float(s.Hi)}"],
            ");", Margin).TrimStart();
        return k.Finish switch
        {
            IntegerFinish f => new(
                [
                    Geometry(g), sampling, Finish(f),
                    Call("IntegerDeform.Convolve", ["window", "sampling", operands[0], $"{k.InputZero}", operands[1], k.Masked ? mask : "ReadOnlySpan<short>.Empty", $"{k.MaskZero}", Weights(k.Weights), Constant<int>("bias"), "finish", .. rows]),
                ],
                Unpacked(k.Weights)),
            FloatFinish f => new(
                Geometry(g), sampling,
                Call("FloatDeform.Convolve", ["window", "sampling", operands[0], operands[1], mask, Constant<float>("weights"), Constant<float>("bias"), .. Bounds(f), .. rows])),
            _ => throw Mismatch(k.Finish),
        };
    }

    private CSharpBody Branched(BranchedKernel k)
    {
        JoinedFinish f = k.Finish;
        string finish = SourceText.Wrap(
            "var finish = new JoinedRequantizer(",
            [
                Constant<int>("multipliers"), Constant<int>("branch_multipliers"), Constant<byte>("shifts"), Constant<long>("addends"), $"{f.Lo}", $"{f.Hi}",
                .. f.Profile == RoundingProfile.Single ? [] : new[] { Profile(f.Profile), $"{f.Zero}" },
            ],
            ");", Margin).TrimStart();
        return new(
            [
                Geometry(k.Geometry), finish,
                Call(
                    "BranchedWindow.Convolve",
                    [
                        "window", "a", $"{k.InputZero}", Weights(k.Weights), Constant<int>("bias"), "b", Constant<sbyte>("branch"), $"{k.Rank}", "finish", "y", "0",
                        $"{k.Geometry.Batch * k.Geometry.OutHeight}",
                    ]),
            ],
            Unpacked(k.Weights));
    }

    private CSharpBody Matmul(MatmulKernel k)
    {
        MatmulGeometry g = k.Geometry;
        string geometry = SourceText.Wrap(
            "var product = new MatmulGeometry(",
            [
                $"Batch: {g.Batch}", $"Rows: {g.Rows}", $"Inner: {g.Inner}", $"Columns: {g.Columns}", $"RightTransposed: {CSharpLiteral.Bool(g.RightTransposed)}",
                $"BroadcastLeft: {CSharpLiteral.Bool(g.BroadcastLeft)}", $"BroadcastRight: {CSharpLiteral.Bool(g.BroadcastRight)}",
            ],
            ");", Margin).TrimStart();
        string left = Operands(step)[0];
        string[] rows = ["y", "0", $"{g.Batch * g.Rows}"];
        return k.Finish switch
        {
            IntegerFinish f when k.Groups is { } groups => new(
                [
                    geometry, Finish(f),
                    Call("GroupedMatmul.Multiply", ["product", left, $"{k.LeftZero}", Weights(k.Weights!), $"{groups.Size}", Constant<byte>("groups"), Constant<int>("bias"), "finish", .. rows]),
                ],
                Unpacked(k.Weights)),
            IntegerFinish or ThresholdFinish => new(
                [
                    geometry, Finish(k.Finish),
                    Call("IntegerMatmul.Multiply", ["product", left, $"{k.LeftZero}", k.Weights is null ? "b" : Weights(k.Weights), $"{k.RightZero}", Constant<int>("bias"), "finish", .. rows]),
                ],
                Unpacked(k.Weights)),
            FloatFinish f => new(
                geometry,
                Call("FloatMatmul.Multiply", ["product", left, k.Weights is null ? "b" : Constant<float>("weights"), Constant<float>("bias"), .. Bounds(f), .. rows])),
            _ => throw Mismatch(k.Finish),
        };
    }

    private CSharpBody Experts(ExpertMatmulKernel k)
    {
        ExpertGeometry g = k.Geometry;
        string geometry = SourceText.Wrap(
            "var experts = new ExpertGeometry(",
            [
                $"Rows: {g.Rows}", $"Choices: {g.Choices}", $"Experts: {g.Experts}", $"Inner: {g.Inner}", $"Columns: {g.Columns}",
                $"RowPerChoice: {CSharpLiteral.Bool(g.RowPerChoice)}", $"ByExpert: {CSharpLiteral.Bool(g.ByExpert)}",
            ],
            ");", Margin).TrimStart();
        string[] rows = ["y", "0", $"{g.ResultRows}"];
        return k.Finish is FloatFinish f
            ? new(geometry, Call("FloatExperts.Multiply", ["experts", "a", "b", Constant<float>("weights"), Constant<float>("bias"), .. Bounds(f), .. rows]))
            : new(
                [geometry, Finish(k.Finish), Call("IntegerExperts.Multiply", ["experts", "a", $"{k.LeftZero}", "b", Weights(k.Weights), $"{k.Groups?.Size ?? 0}", Constant<byte>("groups"), Constant<int>("bias"), "finish", .. rows])],
                Unpacked(k.Weights));
    }

    private CSharpBody Map(MapKernel k)
    {
        BroadcastGeometry g = k.Geometry;
        string field = $"{name}Loops";
        string strides = string.Join(", ", g.Strides.Select(CSharpLiteral.List));
        string[] rows = ["y", "0", $"{g.Rows}"];
        string call = k.Step switch
        {
            AddStep s => Call("IntegerMap.Add", [field, "a", $"{s.ZeroA}", $"{s.MultiplierA}", "b", $"{s.ZeroB}", $"{s.MultiplierB}", $"{s.Shift}", $"{s.Zero}", $"{s.Lo}", $"{s.Hi}", Profile(s.Profile), .. rows]),
            MultiplyStep s => Call("IntegerMap.Multiply", [field, "a", $"{s.ZeroA}", "b", $"{s.ZeroB}", $"{s.Multiplier}", $"{s.Addend}", $"{s.Shift}", $"{s.Lo}", $"{s.Hi}", Profile(s.Profile), $"{s.Zero}", .. rows]),
            DivideStep s => Call("IntegerMap.Divide", [field, "a", $"{s.ZeroA}", "b", Constant<int>("reciprocals"), $"{s.Addend}", $"{s.Shift}", $"{s.Lo}", $"{s.Hi}", .. rows]),
            PreluStep s => Call("IntegerMap.Prelu", [field, "a", $"{s.ZeroA}", "b", $"{s.ZeroB}", $"{s.Multiplier}", $"{s.NegativeMultiplier}", $"{s.Addend}", $"{s.Shift}", $"{s.Lo}", $"{s.Hi}", .. rows]),
            WideDivideStep s => Call("IntegerMap.DivideWide", [field, "a", "b", $"{s.Multiplier}", $"{s.Shift}", $"{s.Lo}", $"{s.Hi}", .. rows]),
            WidePreluStep s => Call("IntegerMap.PreluWide", [field, "a", "b", $"{s.Multiplier}", $"{s.Shift}", $"{s.NegativeMultiplier}", $"{s.NegativeShift}", $"{s.Lo}", $"{s.Hi}", .. rows]),
            MaximumStep s => Call("IntegerMap.Maximum", [field, "a", "b", $"{s.Lo}", $"{s.Hi}", .. rows]),
            MinimumStep s => Call("IntegerMap.Minimum", [field, "a", "b", $"{s.Lo}", $"{s.Hi}", .. rows]),
            RescaleStep s => Call(
                "IntegerMap.Rescale",
                [
                    "x", $"{s.InputZero}",
                    $"new Requantizer([{s.Finish.Multipliers.Integer(0)}], [{s.Finish.Shifts.Integer(0)}], [{s.Finish.Addends.Integer(0)}], {s.Finish.Lo}, {s.Finish.Hi}, {Profile(s.Finish.Profile)}, {s.Finish.Zero})",
                    "y", "0", $"{g.Count}",
                ]),
            CurveStep s => Call("Curve.Map", ["x", Constant<int>("entries"), $"{s.StepBits}", $"{s.Lo}", $"{s.Hi}", "y", "0", $"{g.Count}"]),
            ReluDeltaStep s => Call("Curve.ReluDelta", ["x", Constant<int>("entries"), $"{s.StepBits}", $"{s.Multiplier}", $"{s.Shift}", $"{s.Lo}", $"{s.Hi}", "y", "0", $"{g.Count}"]),
            CompareStep s => Call("CompareMap.Compare", [field, Function(s.Function), "a", $"{s.ZeroA}", $"{s.FactorA}", "b", $"{s.ZeroB}", $"{s.FactorB}", .. rows]),
            FloatCompareStep s => Call("CompareMap.Compare", [field, Function(s.Function), "a", "b", .. rows]),
            ChooseStep => Call("CompareMap.Choose", [field, "x0", "x1", "x2", .. rows]),
            FloatUnaryStep s => Call("FloatMap.Unary", [field, $"UnaryFunction.{s.Function}", CSharpLiteral.Float(s.Alpha), CSharpLiteral.Float(s.Beta), "x", .. rows]),
            FloatDeltaStep s => Call("FloatMap.ReluDelta", ["x", Constant<float>("entries"), CSharpLiteral.Float(s.PerUnit), "y", "0", $"{g.Count}"]),
            FloatBinaryStep s => Call("FloatMap.Binary", [field, $"BinaryFunction.{s.Function}", "a", "b", CSharpLiteral.Float(s.Lo), CSharpLiteral.Float(s.Hi), .. rows]),
            _ => throw Mismatch(k.Step),
        };
        if (k.Step is RescaleStep or CurveStep or ReluDeltaStep or FloatDeltaStep)
            return new(call);
        return new([call], [$"private static readonly BroadcastGeometry {field} = new({CSharpLiteral.List(g.Extents)}, [{strides}]);"]);
    }

    private CSharpBody Reduce(ReduceKernel k)
    {
        string geometry = Rows(k.Geometry);
        string[] rows = ["y", "0", $"{k.Geometry.Outer}"];
        return (k.Mode, k.Finish) switch
        {
            (ReduceMode.Sum, IntegerFinish f) => new(geometry, Finish(f), Call("IntegerReduce.Sum", ["rows", "x", $"{k.InputZero}", "finish", .. rows])),
            (ReduceMode.Maximum or ReduceMode.Minimum, ClampFinish f) => new(geometry, Call($"IntegerReduce.{k.Mode}", ["rows", "x", .. Bounds(f), .. rows])),
            (ReduceMode.Maximum or ReduceMode.Minimum, IndexFinish f) => new(geometry, Call($"IndexReduce.{k.Mode}", ["rows", "x", $"last: {CSharpLiteral.Bool(f.Last)}", .. rows])),
            (_, FloatFinish f) => new(geometry, Call($"FloatReduce.{k.Mode}", ["rows", "x", .. Bounds(f), .. rows])),
            _ => throw Mismatch(k.Finish),
        };
    }

    private CSharpBody RowNorm(RowNormKernel k)
    {
        string geometry = Rows(k.Geometry);
        string[] rows = ["y", "0", $"{k.Geometry.Outer}"];
        return k.Step switch
        {
            SoftmaxStep s => new(geometry, Call("IntegerSoftmax.Normalize", ["rows", "x", Constant<short>("exponentials"), $"{s.Maximum}", $"{s.Zero}", .. rows])),
            LogSoftmaxStep s => new(
                geometry,
                Call("IntegerSoftmax.Logarithm", ["rows", "x", Constant<short>("exponentials"), Constant<int>("logarithms"), $"{s.Octave}", $"{s.Unit}", $"{s.Multiplier}", $"{s.Shift}", $"{s.Zero}", $"{s.Lo}", $"{s.Hi}", .. rows])),
            WideSoftmaxStep s => new(geometry, Call("WideSoftmax.Normalize", ["rows", "x", Constant<int>("powers"), $"{s.Multiplier}", $"{s.Shift}", $"{s.Maximum}", .. rows])),
            WideLogSoftmaxStep s => new(
                geometry,
                Call(
                    "WideSoftmax.Logarithm",
                    [
                        "rows", "x", Constant<int>("powers"), $"{s.PowerMultiplier}", $"{s.PowerShift}", Constant<int>("logarithms"), $"{s.Octave}", $"{s.Unit}",
                        $"{s.Multiplier}", $"{s.Lift}", $"{s.Shift}", $"{s.Lo}", $"{s.Hi}", .. rows,
                    ])),
            FloatSoftmaxStep s => new(geometry, Call("FloatSoftmax.Normalize", ["rows", "x", $"logarithm: {CSharpLiteral.Bool(s.Logarithm)}", $"running: {CSharpLiteral.Bool(s.Running)}", .. rows])),
            _ => throw Mismatch(k.Step),
        };
    }

    private CSharpBody GroupNorm(GroupNormKernel k)
    {
        GroupGeometry g = k.Geometry;
        string geometry = $"var groups = new GroupGeometry(Outer: {g.Outer}, Length: {g.Length}, Groups: {g.Groups}, Channels: {g.Channels});";
        string[] rows = ["y", "0", $"{g.Rows}"];
        string centered = $"centered: {CSharpLiteral.Bool(k.Step.Centered)}";
        return k.Step switch
        {
            IntegerLayerNormStep s => new(
                geometry,
                Call("IntegerLayerNorm.Normalize", ["groups", "x", centered, $"{s.InputZero}", $"{s.Guard}", $"{s.Epsilon}", Constant<short>("gains"), Constant<int>("biases"), $"{s.Fraction}", $"{s.Zero}", $"{s.Lo}", $"{s.Hi}", .. rows])),
            FloatLayerNormStep s => new(
                geometry,
                Call("FloatLayerNorm.Normalize", ["groups", "x", centered, CSharpLiteral.Float(s.Epsilon), Constant<float>("scale"), Constant<float>("bias"), .. rows])),
            _ => throw Mismatch(k.Step),
        };
    }

    private CSharpBody Resample(ResampleKernel k)
    {
        ResampleGeometry g = k.Geometry;
        string geometry = SourceText.Wrap(
            "var resample = new ResampleGeometry(",
            [
                $"Outer: {g.Outer}", $"Height: {g.Height}", $"Width: {g.Width}", $"Inner: {g.Inner}", $"OutHeight: {g.OutHeight}", $"OutWidth: {g.OutWidth}",
                $"RowTaps: {g.RowTaps}", $"ColumnTaps: {g.ColumnTaps}",
            ],
            ");", Margin).TrimStart();
        string[] rows = ["y", "0", $"{g.Rows}"];
        return k.Finish switch
        {
            IntegerFinish f => new(
                geometry, Finish(f), Call("IntegerResample.Sample", ["resample", "x", $"{k.InputZero}", .. Weights<short>(), "finish", .. rows])),
            FloatFinish { Clamps: false } => new(geometry, Call("FloatResample.Sample", ["resample", "x", .. Weights<float>(), .. rows])),
            _ => throw Mismatch(k.Finish),
        };

        string[] Weights<T>() where T : unmanaged => [Constant<int>("row_starts"), Constant<T>("row_weights"), Constant<int>("column_starts"), Constant<T>("column_weights")];
    }

    private CSharpBody Attention(AttentionKernel k)
    {
        AttentionGeometry g = k.Geometry;
        string[] bias = k.Bias is { } b
            ? [$"new AttentionBias({b.Repeat}, {b.Count}, {CSharpLiteral.Bool(b.ByRow)}, {b.Zero}, {b.Multiplier})", "x3"]
            : [];
        string geometry = SourceText.Wrap(
            "var attention = new AttentionGeometry(",
            [
                $"Batch: {g.Batch}", $"Rows: {g.Rows}", $"Columns: {g.Columns}", $"Inner: {g.Inner}", $"Width: {g.Width}",
                $"KeysByRow: {CSharpLiteral.Bool(g.KeysByRow)}", $"OneContext: {CSharpLiteral.Bool(g.OneContext)}",
            ],
            ");", Margin).TrimStart();
        return new(
            geometry, Finish(k.Scores),
            Call(
                "IntegerAttention.Attend",
                [
                    "attention", "x0", $"{k.QueryZero}", "x1", $"{k.KeyZero}", "finish", Constant<short>("exponentials"), "x2", $"{k.ValueZero}",
                    $"{k.Multiplier}", $"{k.Shift}", $"{k.Zero}", $"{k.Lo}", $"{k.Hi}", "y", "0", $"{g.Batch * g.Rows}", .. bias,
                ]));
    }

    private CSharpBody Move(MoveKernel k)
    {
        string[] operands = Operands(step);
        List<string> statements = ["Span<byte> target = MemoryMarshal.AsBytes(y);"];
        if (k.Fill is { } bits)
            statements.Add($"Move.Fill({bits}, {k.ElementSize}, target);");
        if (k.Copies.IsEmpty)
            return new([.. statements], []);
        string field = $"{name}Copies";
        if (k.Copies.Length > 1 && k.Copies.All(copy => copy.Operand == k.Copies[0].Operand))
        {
            statements.Add($"foreach (StridedCopy copy in {field})");
            statements.Add($"    Move.Copy(copy, {k.ElementSize}, MemoryMarshal.AsBytes({operands[k.Copies[0].Operand]}), target);");
        }
        else
        {
            statements.AddRange(k.Copies.Select((copy, i) => $"Move.Copy({field}[{i}], {k.ElementSize}, MemoryMarshal.AsBytes({operands[copy.Operand]}), target);"));
        }

        IEnumerable<string> copies = k.Copies.Select(copy =>
            $"    new({copy.Operand}, {CSharpLiteral.List(copy.Extents)}, {CSharpLiteral.List(copy.SourceStrides)}, {CSharpLiteral.List(copy.TargetStrides)}, {copy.SourceOffset}, {copy.TargetOffset}),");
        return new([.. statements], [$"private static readonly StridedCopy[] {field} =", "[", .. copies, "];"]);
    }

    private CSharpBody Indexed(GatherGeometry g, string method, params string[] arguments)
    {
        string field = $"{name}Places", flags = $"{CSharpLiteral.Bool(g.OuterIndexed)}, {CSharpLiteral.Bool(g.InnerIndexed)}";
        return new(
            [Call($"IndexedMove.{method}", [field, .. arguments])],
            [$"private static readonly GatherGeometry {field} = new({g.Outer}, {g.Count}, {g.Inner}, {CSharpLiteral.List(g.Extents)}, {flags});"]);
    }

    private static string Function(CompareFunction function) => $"CompareFunction.{function}";

    private static string Rows(RowGeometry g) => $"var rows = new RowGeometry(Outer: {g.Outer}, Length: {g.Length}, Inner: {g.Inner});";

    private string Finish(Finish finish) => finish is IntegerFinish integer ? Finish(integer) : SourceText.Wrap(
        "var finish = Requantizer.Thresholds(", [Constant<int>("thresholds"), Constant<sbyte>("starts"), Constant<sbyte>("steps")], ");", Margin).TrimStart();

    private string Finish(IntegerFinish finish) => SourceText.Wrap(
        "var finish = new Requantizer(",
        [Constant<int>("multipliers"), Constant<byte>("shifts"), Constant<long>("addends"), $"{finish.Lo}", $"{finish.Hi}", .. Rounding(finish)],
        ");", Margin).TrimStart();

    // Left out where it is the default.
    private static string[] Rounding(IntegerFinish finish) =>
        finish.Profile == RoundingProfile.Single ? [] : [Profile(finish.Profile), $"{finish.Zero}"];

    private static string Profile(RoundingProfile profile) => $"RoundingProfile.{profile}";

    private static string[] Bounds(ClampFinish finish) => [$"{finish.Lo}", $"{finish.Hi}"];

    private static string[] Bounds(FloatFinish finish) => [CSharpLiteral.Float(finish.Lo), CSharpLiteral.Float(finish.Hi)];

    private static string Call(string method, params IEnumerable<string> arguments) => SourceText.Wrap(method + "(", arguments, ");", Margin).TrimStart();

    private string Weights(Tensor weights) => weights.Element == ElementType.I4 ? $"{name}Weights" : Constant<sbyte>("weights");

    // Weights of 4 bits are unpacked once, when the class is first used.
    private ImmutableArray<string> Unpacked(Tensor? weights) => weights?.Element != ElementType.I4 || step.Constant("weights") is not { } constant
        ? []
        : [$"private static readonly sbyte[] {name}Weights = Int4.Unpack(Constant<byte>({constant.Offset}, {weights.Bytes.Length}), {weights.Count});"];

    // A constant the kernel does not have is an empty span, as the kernels take it.
    private string Constant<T>(string role) where T : unmanaged => step.Constant(role) is { } constant
        ? $"Constant<{CSharpType.Of(constant.Value.Element)}>({constant.Offset}, {constant.Value.Span<T>().Length})"
        : "[]";

    private InvalidOperationException Mismatch(object part) => new($"a {step.Kernel.Shape} kernel cannot have a {part.GetType().Name}");
}
