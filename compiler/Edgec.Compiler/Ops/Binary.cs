using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A function of two operands with numpy broadcasting and a fused clamp. Add, Maximum and Minimum take any number of
/// operands until they are canonical. Integers are computed exactly, division truncating.
/// </summary>
/// <param name="Axis">Where operand 1 starts in operand 0, for models before opset 7; null for numpy's alignment.</param>
public sealed record Binary(BinaryFunction Function, Activation Activation, int? Axis = null) : Operator
{
    private static readonly (BinaryFunction Function, string Text, string Onnx)[] Spellings =
    [
        (BinaryFunction.Add, "add", "Add"),
        (BinaryFunction.Divide, "div", "Div"),
        (BinaryFunction.Maximum, "max", "Max"),
        (BinaryFunction.Minimum, "min", "Min"),
        (BinaryFunction.Multiply, "mul", "Mul"),
        (BinaryFunction.Power, "pow", "Pow"),
        (BinaryFunction.Prelu, "prelu", "PRelu"),
        (BinaryFunction.Subtract, "sub", "Sub"),
    ];

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        .. Spellings.Select(spelling => new OpDef(spelling.Text, spelling.Onnx, a => Read(spelling.Function, a))),
        new("sum", "Sum", a => Read(BinaryFunction.Add, a)),
    ];

    public override string Name => Spellings.First(spelling => spelling.Function == Function).Text;

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        Axis is null ? Activation.Attributes : [.. Activation.Attributes, ("axis", Axis.Value)];

    /// <remarks>Division and powers by a constant become other operators while canonicalizing.</remarks>
    public override QuantizationRule Quantization => Function switch
    {
        BinaryFunction.Maximum or BinaryFunction.Minimum => QuantizationRule.Shared,
        BinaryFunction.Power => QuantizationRule.FloatOnly("a power whose exponent changes needs a table for every pair of operands"),
        _ => QuantizationRule.Calibrated,
    };

    public override Operator? Clamped(Activation next) => this with { Activation = Activation.Then(next) };

    public override bool HasExactSums => Activation.IsNone && Function is BinaryFunction.Add or BinaryFunction.Subtract;

    public override bool HasWideForm => true;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType first = context.Input(0);
        Shape[] shapes = [.. Enumerable.Range(0, context.Count).Select(context.Shape)];
        if (shapes.Length < 2 && !IsVariadic)
            throw OperatorException.Invalid($"{Name} needs two inputs.");
        for (int i = 1; i < shapes.Length; i++)
            shapes[i] = Extents.Align(shapes[i], shapes[0], Axis);
        return [new(first.Element, Extents.Broadcast(shapes))];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (context.Count != 2)
            return [Chain(context)];
        if (Axis is not null)
        {
            Shape aligned = Extents.Align(context.Shape(1), context.Shape(0), Axis);
            string b = aligned == context.Shape(1) ? context.Input(1) : context.Add(new Reshape([.. aligned]), context.Input(1));
            return [context.Add(this with { Axis = null }, context.Input(0), b)];
        }

        if (!context.Type(0).Element.IsFloat())
            return null;
        string? simpler = Simplify(context);
        return simpler is null ? null : [Activation.IsNone ? simpler : context.Add(ClipBy(Activation), simpler)];
    }

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor result = context.Input(0);
        for (int i = 1; i < context.Count; i++)
        {
            Tensor next = context.Input(i);
            result = Evaluate(result, next.Reshape(Extents.Align(next.Shape, context.Input(0).Shape, Axis)));
        }

        return [result];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        var geometry = BroadcastGeometry.Of(context.Output.Shape, context.Shape(0), context.Shape(1));
        if (!context.IsQuantized)
            return context.Kernel(new MapKernel(new FloatBinaryStep(Function, Activation.Lo, Activation.Hi), geometry), 0, 1);
        if (context.Finisher is { } stated)
            return context.Kernel(new MapKernel(stated.FinishSum(context, subtract: Function == BinaryFunction.Subtract), geometry), 0, 1);
        if (Scalar(context, 1) is { } right && context.Shape(0) == context.Output.Shape)
            return LookupTable.Lower(context, 0, x => FloatFunctions.Apply(Function, x, right), Activation);
        if (Scalar(context, 0) is { } left && context.Shape(1) == context.Output.Shape)
            return LookupTable.Lower(context, 1, y => FloatFunctions.Apply(Function, left, y), Activation);
        return context.Kernel(new MapKernel(Step(context), geometry), 0, 1);
    }

    private bool IsVariadic => Function is BinaryFunction.Add or BinaryFunction.Maximum or BinaryFunction.Minimum;

    private static Binary Read(BinaryFunction function, AttributeReader a)
    {
        a.Has("consumed_inputs"); // opset 1 to 5: a hint that the input may be overwritten
        // Up to opset 6 axis counts only with broadcast=1; PRelu's slopes lie along the channels without saying so.
        bool broadcast = a.Flag("broadcast"), given = a.Has("axis") && (broadcast || a.Opset >= 7);
        int? axis = given ? a.Int("axis") : function == BinaryFunction.Prelu && a.Opset < 7 ? 1 : null;
        return new(function, Activation.Read(a), axis);
    }

    // max(a, b, c)  =>  max(max(a, b), c)
    private string Chain(Canonicalizer context)
    {
        string result = context.Input(0);
        for (int i = 1; i < context.Count; i++)
            result = context.Add(new Binary(Function, i == context.Count - 1 ? Activation : Activation.None), result, context.Input(i));
        return result;
    }

    // Forms with a constant that other operators or a table express better; null if there is none.
    private string? Simplify(Canonicalizer context)
    {
        double? left = Scalar(context, 0), right = Scalar(context, 1);
        switch (Function)
        {
            case BinaryFunction.Maximum when right is { } lo:
                return context.Add(new Unary(UnaryFunction.Clip, (float)lo, float.PositiveInfinity), context.Input(0));
            case BinaryFunction.Maximum when left is { } lo:
                return context.Add(new Unary(UnaryFunction.Clip, (float)lo, float.PositiveInfinity), context.Input(1));
            case BinaryFunction.Minimum when right is { } hi:
                return context.Add(new Unary(UnaryFunction.Clip, float.NegativeInfinity, (float)hi), context.Input(0));
            case BinaryFunction.Minimum when left is { } hi:
                return context.Add(new Unary(UnaryFunction.Clip, float.NegativeInfinity, (float)hi), context.Input(1));
            case BinaryFunction.Prelu when right is { } slope:
                return context.Add(new Unary(UnaryFunction.LeakyRelu, (float)slope), context.Input(0));
            case BinaryFunction.Divide when context.Constant(1) is { } divisor && context.Constant(0) is null:
                return context.Add(new Binary(BinaryFunction.Multiply, Activation.None), context.Input(0), context.AddConstant("reciprocal", new Unary(UnaryFunction.Reciprocal).Evaluate(new([divisor], 1))[0]));
            case BinaryFunction.Divide when left is { } numerator && context.Constant(1) is null:
                string inverse = context.Add(new Unary(UnaryFunction.Reciprocal), context.Input(1));
                return numerator == 1 ? inverse : context.Add(new Binary(BinaryFunction.Multiply, Activation.None), inverse, context.Input(0));
            case BinaryFunction.Power when right is { } exponent:
                return Power(context, exponent);
            case BinaryFunction.Power when context.Constant(1) is { } exponents && exponents.Element != context.Type(0).Element:
                string converted = context.AddConstant("exponents", exponents.ConvertTo(context.Type(0).Element));
                return context.Add(new Binary(BinaryFunction.Power, Activation.None), context.Input(0), converted);
            default:
                return null;
        }
    }

    private static string Power(Canonicalizer context, double exponent)
    {
        string x = context.Input(0);
        return exponent switch
        {
            1 => x,
            2 => context.Add(new Binary(BinaryFunction.Multiply, Activation.None), x, x),
            0.5 => context.Add(new Unary(UnaryFunction.SquareRoot), x),
            -1 => context.Add(new Unary(UnaryFunction.Reciprocal), x),
            _ => context.Add(new Unary(UnaryFunction.Power, (float)exponent), x),
        };
    }

    private static Unary ClipBy(Activation activation) => new(UnaryFunction.Clip, activation.Lo, activation.Hi);

    // The value of a constant of one element that does not enlarge the result.
    private static double? Scalar(Canonicalizer context, int input) =>
        context.Constant(input) is { Count: 1 } constant && context.Shape(1 - input) == context.OutputType().Shape ? constant.Number(0) : null;

    private static double? Scalar(LoweringContext context, int input)
    {
        if (context.Constant(input) is not { Count: 1 } constant)
            return null;
        return context.Input(input).Quantization is { } q ? q.Scale * (constant.Integer(0) - q.Zero) : constant.Number(0);
    }

    private MapStep Step(LoweringContext context)
    {
        Quantization a = context.Quantization(0), b = context.Quantization(1), y = context.Output.Quantization!;
        (int lo, int hi) = Activation.Integers(context.Output);
        return Function switch
        {
            BinaryFunction.Add => Sum(a, b, context.Output, 1, lo, hi, context.Rounding),
            BinaryFunction.Subtract => Sum(a, b, context.Output, -1, lo, hi, context.Rounding),
            BinaryFunction.Multiply => Product(a, b, context.Output, lo, hi, context.Rounding),
            BinaryFunction.Divide when context.Output.Element == ElementType.I16 => WideQuotient(a, b, y, lo, hi),
            BinaryFunction.Prelu when context.Output.Element == ElementType.I16 => WidePrelu(a, b, y, lo, hi),
            BinaryFunction.Divide => Quotient(a, b, y, lo, hi),
            BinaryFunction.Prelu => Prelu(a, b, y, lo, hi),
            BinaryFunction.Maximum when a == y && b == y => new MaximumStep(lo, hi),
            BinaryFunction.Minimum when a == y && b == y => new MinimumStep(lo, hi),
            BinaryFunction.Maximum or BinaryFunction.Minimum => throw new OperatorException(
                "EC3003", $"{Name} compares integers, so its operands and result must have one scale. Put a rescale before it."),
            _ => throw new OperatorException("EC4002", $"{Name} of two changing operands has no integer kernel. Keep it in float."),
        };
    }

    // docs/numerics.md §2: the larger multiplier has 15 bits (23 for 16-bit results and in the profile onnx), both share one shift.
    private static AddStep Sum(Quantization a, Quantization b, TensorType result, int sign, int lo, int hi, RoundingProfile profile)
    {
        Quantization y = result.Quantization!;
        int bits = result.Element == ElementType.I16 || profile == RoundingProfile.Onnx ? 23 : 15;
        double ratioA = a.Scale / y.Scale, ratioB = b.Scale / y.Scale, larger = Math.Max(ratioA, ratioB);
        // A step of one operand that alone saturates the result does so whatever the other operand is, if that cannot reach back.
        bool saturates = Math.Min(ratioA, ratioB) <= 32;
        if ((saturates ? FixedPoint.Saturate(larger, bits) : FixedPoint.Normalize(larger, bits)) is not { } normal)
            throw Scaling.OutOfReach(larger);
        return new(a.Zero, Multiplier(ratioA), b.Zero, sign * Multiplier(ratioB), normal.Shift, y.Zero, lo, hi, profile);

        int Multiplier(double ratio) => ratio == larger
            ? normal.Multiplier
            : (int)Math.Round(Math.ScaleB(ratio, normal.Shift), MidpointRounding.AwayFromZero);
    }

    private static MultiplyStep Product(Quantization a, Quantization b, TensorType result, int lo, int hi, RoundingProfile profile)
    {
        Quantization y = result.Quantization!;
        int bits = FixedPoint.BitsOf(result.Element);
        double ratio = a.Scale * b.Scale / y.Scale;
        if (FixedPoint.Parameters(ratio, y.Zero, profile, bits) is not var (multiplier, shift, addend))
            throw Scaling.OutOfReach(ratio);
        profile = FixedPoint.FunctionOf(profile, bits);
        return new(a.Zero, b.Zero, multiplier, addend, shift, lo, hi, profile, FixedPoint.AddsZeroLast(profile) ? y.Zero : 0);
    }

    // The reciprocals have as many bits as fit 31; those that do not at the least shift saturate every dividend but 0.
    private static DivideStep Quotient(Quantization a, Quantization b, Quantization y, int lo, int hi)
    {
        double ratio = a.Scale / b.Scale / y.Scale;
        int shift = Math.Clamp(29 - Math.ILogB(ratio), FixedPoint.MinShift, FixedPoint.MaxShift);
        int[] reciprocals = [.. Enumerable.Range(sbyte.MinValue, 256).Select(q => Reciprocal(q == b.Zero ? 0.5 : q - b.Zero))];
        return new(a.Zero, Tensor.Of([256], reciprocals), FixedPoint.Addend(shift, y.Zero), shift, lo, hi);

        int Reciprocal(double divisor) =>
            (int)Math.Clamp(Math.Round(Math.ScaleB(ratio / divisor, shift), MidpointRounding.AwayFromZero), -int.MaxValue, int.MaxValue);
    }

    // Where the ratio leaves no room for a shift the multiplier grows; beyond 2^30 a dividend of one step saturates whatever divides it.
    private static WideDivideStep WideQuotient(Quantization a, Quantization b, Quantization y, int lo, int hi)
    {
        double ratio = a.Scale / b.Scale / y.Scale;
        (int multiplier, int shift) = Math.ILogB(ratio) < FixedPoint.BitsOf(ElementType.I16) - 1 - FixedPoint.MinShift
            ? FixedPoint.Normalize(ratio, FixedPoint.BitsOf(ElementType.I16)) ?? throw Scaling.OutOfReach(ratio)
            : ((int)Math.Min(Math.Round(Math.ScaleB(ratio, FixedPoint.MinShift)), int.MaxValue), FixedPoint.MinShift);
        return new(multiplier, shift, lo, hi);
    }

    private static WidePreluStep WidePrelu(Quantization a, Quantization b, Quantization y, int lo, int hi)
    {
        (int multiplier, int shift) = Parameters(a.Scale / y.Scale);
        (int negative, int down) = Parameters(a.Scale * b.Scale / y.Scale);
        return new(multiplier, shift, negative, down, lo, hi);

        // Products of less than 2^-32 are less than half a step.
        static (int Multiplier, int Shift) Parameters(double ratio) => ratio < Math.ScaleB(1, -32)
            ? (0, FixedPoint.MinShift)
            : FixedPoint.Saturate(ratio, FixedPoint.BitsOf(ElementType.I16)) ?? throw Scaling.OutOfReach(ratio);
    }

    private static PreluStep Prelu(Quantization a, Quantization b, Quantization y, int lo, int hi)
    {
        double ratio = a.Scale / y.Scale, negative = ratio * b.Scale, larger = Math.Max(ratio, negative);
        int shift = Math.Min(28 - Math.ILogB(larger), FixedPoint.MaxShift);
        if (shift < FixedPoint.MinShift)
            throw Scaling.OutOfReach(larger);
        return new(a.Zero, b.Zero, Multiplier(ratio), Multiplier(negative), FixedPoint.Addend(shift, y.Zero), shift, lo, hi);

        int Multiplier(double factor) => (int)Math.Round(Math.ScaleB(factor, shift), MidpointRounding.AwayFromZero);
    }

    private Tensor Evaluate(Tensor a, Tensor b)
    {
        if (!a.Element.IsFloat() && !b.Element.IsFloat())
            return Elementwise.MapIntegers(a, b, a.Element, Exactly);
        Shape shape = Extents.Broadcast(a.Shape, b.Shape);
        var kernel = new MapKernel(
            new FloatBinaryStep(Function, Activation.Lo, Activation.Hi), BroadcastGeometry.Of(shape, a.Shape, b.Shape));
        return KernelRunner.Run(kernel, [a.ToF32(), b.ToF32()], ElementType.F32, shape).ConvertTo(a.Element);
    }

    private Int128 Exactly(Int128 a, Int128 b) => Function switch
    {
        BinaryFunction.Add => a + b,
        BinaryFunction.Subtract => a - b,
        BinaryFunction.Multiply => a * b,
        BinaryFunction.Divide => b == 0 ? throw OperatorException.Invalid("An integer is divided by zero. Check the shapes this is computed from.") : a / b,
        BinaryFunction.Power => Power(a, b),
        BinaryFunction.Maximum => Int128.Max(a, b),
        BinaryFunction.Minimum => Int128.Min(a, b),
        BinaryFunction.Prelu => a >= 0 ? a : a * b,
        _ => throw new InvalidOperationException(Function.ToString()),
    };

    // Wraps as the 64-bit product would; negative exponents truncate to 0 but for ±1.
    private static Int128 Power(Int128 value, Int128 exponent)
    {
        if (exponent < 0)
            return value == 1 ? 1 : value == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
        Int128 result = 1;
        for (Int128 square = value; exponent > 0; exponent >>= 1, square = (long)unchecked(square * square))
        {
            if ((exponent & 1) == 1)
                result = (long)unchecked(result * square);
        }

        return result;
    }
}
