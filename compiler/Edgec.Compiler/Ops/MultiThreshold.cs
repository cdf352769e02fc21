using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// FINN's MultiThreshold: <c>out_scale · #{i: x ≥ thresholds[c, i]} + out_bias</c>. Inputs x and thresholds [1 or C, N],
/// constant, each row ascending. Canonical, <see cref="Thresholds"/>.
/// </summary>
/// <param name="ChannelsLast">Of images; other tensors than matrices always have their channels last.</param>
public sealed record MultiThreshold(float OutScale, float OutBias, bool ChannelsLast) : Operator
{
    public static readonly OpDef Def = new("multi-threshold", "MultiThreshold", a =>
    {
        a.Has("out_dtype"); // what the integers are, which scale and bias say too
        return new MultiThreshold(a.Float("out_scale", 1), a.Float("out_bias", 0), a.Text("data_layout", "NCHW") switch
        {
            "NCHW" => false,
            "NHWC" => true,
            var other => throw OperatorException.Invalid($"data_layout is NCHW or NHWC, not {other}."),
        });
    })
    { Domain = Quant.Domain, AlsoIn = [.. Quant.OtherDomains, "finn"] };

    /// <summary>Steps of the result's integers for one threshold, at most.</summary>
    private const int MostStep = 127;

    public override string Name => "multi-threshold";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [("out_scale", OutScale), ("out_bias", OutBias), ("data_layout", ChannelsLast ? "NHWC" : "NCHW")];

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        context.Input(1);
        return [context.Input(0)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        (Thresholds op, Tensor thresholds) = Form(context.RequireConstant(1, "thresholds"), context.Shape(0));
        return [context.Add(op, context.Input(0), context.AddConstant("thresholds", thresholds))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        (Thresholds op, Tensor thresholds) = Form(context.Input(1), context.Input(0).Shape);
        return op.Evaluate(new([context.Input(0), thresholds], 1));
    }

    private (Thresholds Op, Tensor Thresholds) Form(Tensor given, Shape x)
    {
        int axis = x.Rank switch { 4 => ChannelsLast ? 3 : 1, _ => Math.Max(x.Rank - 1, 0) };
        int channels = x.Rank == 0 ? 1 : x[axis];
        if (given.Shape is not [var rows, var count] || (rows != 1 && rows != channels))
            throw OperatorException.Invalid($"Thresholds {given.Shape} do not fit {x} with {channels} channels. Give [{channels},N] or [1,N].");
        var values = new double[given.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = given.Number(i);
            if (double.IsNaN(values[i]) || (i % count > 0 && values[i] < values[i - 1]))
                throw OperatorException.Invalid($"The thresholds of row {i / count} are not in ascending order. Sort them.");
        }

        (float scale, int first, int step) = Grid(count);
        return (new(scale, first, step, count, axis), Tensor.Of(given.Shape, values));
    }

    // out_scale·n + out_bias = scale·(first + step·n), so that out_bias is a whole number of scales.
    private (float Scale, int First, int Step) Grid(int count)
    {
        if (!float.IsFinite(OutScale) || OutScale <= 0 || !float.IsFinite(OutBias))
            throw OperatorException.Invalid($"out_scale is {OutScale} and out_bias {OutBias}; both must be finite, out_scale positive.");
        for (int step = 1; step <= MostStep && step * (long)count <= byte.MaxValue; step++)
        {
            double scale = (double)OutScale / step, first = OutBias / scale, nearest = Math.Round(first);
            if (Math.Abs(first - nearest) < 1e-6 && Math.Abs(nearest) <= 1 << 20)
                return ((float)scale, (int)nearest, step);
        }

        throw OperatorException.Unsupported($"{count} thresholds with out_scale {OutScale} and out_bias {OutBias} give no 8-bit integers at one scale. Use at most 255 thresholds, and a bias that is a multiple of the scale.");
    }
}
