using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

/// <summary>Element-wise steps: the loops are written out, since every broadcast has its own.</summary>
internal static class MapEmitter
{
    public static CBody Emit(MapKernel kernel, StepContext context)
    {
        BroadcastGeometry g = kernel.Geometry;
        int[] extents = g.Extents.Length == 0 ? [1] : g.Extents;
        string[] operands = [.. context.Operands.Select((name, i) => $"{name}[{CLoops.Index(g.Strides[i], extents.Length)}]")];
        string target = $"y[{CLoops.Index(Dense(extents), extents.Length)}]";
        (string value, string header) = kernel.Step switch
        {
            FloatUnaryStep step => (CFunctions.Call(step.Function, operands[0], step.Alpha, step.Beta), "edgec_float.h"),
            FloatBinaryStep step => (Clamped(CFunctions.Call(step.Function, operands[0], operands[1]), step), "edgec_float.h"),
            CurveStep step => (
                $"edgec_curve_i16({operands[0]}, {context.Constant("entries")}, {step.StepBits}, {step.Lo}, {step.Hi})", "edgec_map_i16.h"),
            ReluDeltaStep step => (
                $"edgec_relu_delta_i16(\n    {operands[0]}, {context.Constant("entries")}, {step.Entries.Count - 2}, {step.StepBits}, {step.Multiplier}, {step.Shift}, {step.Lo}, {step.Hi})",
                "edgec_map_i16.h"),
            FloatDeltaStep step => (
                $"edgec_relu_delta_f32({operands[0]}, {context.Constant("entries")}, {step.Entries.Count - 1}, {CLiteral.Float(step.PerUnit)})", "edgec_float.h"),
            CompareStep step => ($"(uint8_t)({Compared(step, operands[0], operands[1])})", "stdint.h"),
            FloatCompareStep step => ($"(uint8_t)({Holds(step.Function, operands[0], operands[1])})", "stdint.h"),
            ChooseStep => ($"{operands[0]} ? {operands[1]} : {operands[2]}", "stdint.h"),
            RescaleStep step => ($"({CType.Of(context.Result.Element)}){Rescale(step, operands[0])}", "edgec_arithmetic.h"),
            _ => ($"({CType.Of(context.Result.Element)})" + Integer(kernel.Step, operands[0], operands[1], context), "edgec_arithmetic.h"),
        };
        return new(CLoops.Nest(extents, $"{target} = {value};", context.Outer(extents[0])), header);
    }

    private static string Integer(MapStep step, string a, string b, StepContext context) => step switch
    {
        AddStep s =>
            $"{Add(s, context)}(\n    {a}, {s.ZeroA}, {s.MultiplierA}, {b}, {s.ZeroB}, {s.MultiplierB}, {s.Shift}, {s.Zero}, {s.Lo}, {s.Hi})",
        MultiplyStep { Profile: RoundingProfile.Onnx or RoundingProfile.Tflite } s =>
            $"edgec_rounding_{(s.Profile == RoundingProfile.Onnx ? "half_even" : "twice")}(\n    ({a} - {s.ZeroA}) * ({b} - {s.ZeroB}), {s.Multiplier}, {CLiteral.Long(s.Addend)}, {s.Shift}, {s.Zero}, {s.Lo}, {s.Hi})",
        MultiplyStep s =>
            $"edgec_multiply_quantized(\n    {a}, {s.ZeroA}, {b}, {s.ZeroB}, {s.Multiplier}, {CLiteral.Long(s.Addend)}, {s.Shift}, {s.Lo}, {s.Hi})",
        DivideStep s =>
            $"edgec_requantize(\n    {a} - {s.ZeroA}, {context.Constant("reciprocals")}[{b} + 128], {CLiteral.Long(s.Addend)}, {s.Shift}, {s.Lo}, {s.Hi})",
        PreluStep s =>
            $"edgec_prelu_quantized(\n    {a}, {s.ZeroA}, {b}, {s.ZeroB}, {s.Multiplier}, {s.NegativeMultiplier}, {CLiteral.Long(s.Addend)}, {s.Shift}, {s.Lo}, {s.Hi})",
        WideDivideStep s =>
            $"edgec_divide_wide({a}, {b}, {s.Multiplier}, {s.Shift}, {s.Lo}, {s.Hi})",
        WidePreluStep s =>
            $"edgec_prelu_wide(\n    {a}, {b}, {s.Multiplier}, {s.Shift}, {s.NegativeMultiplier}, {s.NegativeShift}, {s.Lo}, {s.Hi})",
        MaximumStep s => $"edgec_clamp(edgec_maximum({a}, {b}), {s.Lo}, {s.Hi})",
        MinimumStep s => $"edgec_clamp(edgec_minimum({a}, {b}), {s.Lo}, {s.Hi})",
        _ => throw context.Mismatch(step),
    };

    // One element at a time with one set of parameters, so these stand in the call.
    private static string Rescale(RescaleStep step, string x)
    {
        IntegerFinish f = step.Finish;
        string value = step.InputZero == 0 ? x : $"{x} - {step.InputZero}";
        string scale = $"{value}, {f.Multipliers.Integer(0)}, {CLiteral.Long(f.Addends.Integer(0))}, {f.Shifts.Integer(0)}";
        return f.Profile switch
        {
            RoundingProfile.Onnx => $"edgec_rounding_half_even({scale}, {f.Zero}, {f.Lo}, {f.Hi})",
            RoundingProfile.Tflite => $"edgec_rounding_twice({scale}, {f.Zero}, {f.Lo}, {f.Hi})",
            _ => $"edgec_requantize({scale}, {f.Lo}, {f.Hi})",
        };
    }

    private static string Compared(CompareStep step, string a, string b) =>
        Holds(step.Function, Real(a, step.ZeroA, step.FactorA), Real(b, step.ZeroB, step.FactorB));

    private static string Real(string x, int zero, long factor)
    {
        string value = zero == 0 ? x : $"({x} - {zero})";
        return factor == 1 ? value : $"{value} * {CLiteral.Long(factor)}";
    }

    private static string Holds(CompareFunction function, string a, string b) => function switch
    {
        CompareFunction.And => $"({a} != 0) & ({b} != 0)",
        CompareFunction.Or => $"({a} != 0) | ({b} != 0)",
        CompareFunction.Xor => $"({a} != 0) ^ ({b} != 0)",
        CompareFunction.Equal => $"{a} == {b}",
        CompareFunction.Greater => $"{a} > {b}",
        CompareFunction.GreaterOrEqual => $"{a} >= {b}",
        CompareFunction.Less => $"{a} < {b}",
        CompareFunction.LessOrEqual => $"{a} <= {b}",
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    private static string Add(AddStep step, StepContext context) => step.Profile switch
    {
        RoundingProfile.Onnx => "edgec_rounding_add_half_even",
        RoundingProfile.Truncate => "edgec_rounding_add_truncated",
        // Compilers make vectors of sums of 32 bits.
        _ when !context.IsWide && step.Shift <= 30 && Math.Max(Math.Abs(step.MultiplierA), Math.Abs(step.MultiplierB)) <= 32767 => "edgec_add_quantized32",
        _ => "edgec_add_quantized",
    };

    private static string Clamped(string value, FloatBinaryStep step) =>
        new FloatFinish(step.Lo, step.Hi).Clamps ? $"edgec_clamp_f32({value}, {CLiteral.Float(step.Lo)}, {CLiteral.Float(step.Hi)})" : value;

    private static int[] Dense(int[] extents)
    {
        var strides = new int[extents.Length];
        int stride = 1;
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= extents[axis];
        }

        return strides;
    }
}
