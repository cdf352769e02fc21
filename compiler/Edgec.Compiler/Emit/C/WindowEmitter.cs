using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class WindowEmitter
{
    public static CBody Emit(WindowKernel kernel, StepContext context) => (kernel.Mode, kernel.Finish) switch
    {
        (WindowMode.Convolution, IntegerFinish finish) when context.IsWide => new(
            $"""
            {Geometry(kernel.Geometry, context)}
            {context.Requantizer(finish)}
            {context.Summing("edgec_convolve")}(window, {StepContext.Factor(kernel.Weights)}, x, {context.Constant("weights")}, {context.Constant("bias")}, finish, y);
            """,
            "edgec_i16.h"),
        (WindowMode.Convolution, IntegerFinish or ThresholdFinish) => new(
            $"""
            {context.Requantizer(kernel.Finish)}
            {Convolve(kernel, context, Width(kernel), [("int32_t zero", $"{kernel.InputZero}")], [("edgec_requantizer finish", "finish")], StepContext.Known(kernel.Weights, kernel.Groups, "w") + StepContext.Known(kernel.Finish), "zero, ", "finish, ")}
            """,
            IsPacked(kernel, context) ? "edgec_depthwise_i8.h" : $"edgec_window_{Width(kernel)}.h"),
        (WindowMode.Convolution, FloatFinish finish) => new(
            Convolve(kernel, context, "f32", [], [], "", "", $"{Clamp(finish)}, "), "edgec_window_f32.h"),
        (WindowMode.Maximum, ClampFinish finish) => new(
            $"""
            {Geometry(kernel.Geometry, context)}
            edgec_pool_maximum_{(context.IsWide ? "i16" : "i8")}(window, x, {finish.Lo}, {finish.Hi}, y);
            """,
            context.IsWide ? "edgec_i16.h" : "edgec_pool_i8.h"),
        (WindowMode.Maximum, FloatFinish finish) => new(
            $"""
            {Geometry(kernel.Geometry, context)}
            edgec_pool_maximum_f32(window, x, {Clamp(finish)}, y);
            """,
            "edgec_pool_f32.h"),
        (WindowMode.Average, IntegerFinish finish) when context.IsWide => new(
            $"""
            {Geometry(kernel.Geometry, context)}
            {context.Requantizer(finish)}
            {context.Summing("edgec_pool_average")}(window, x, {CountPadding(kernel)}, finish, y);
            """,
            "edgec_i16.h"),
        (WindowMode.Average, IntegerFinish finish) => new(
            $"""
            {Geometry(kernel.Geometry, context)}
            {context.Requantizer(finish)}
            edgec_pool_average_i8(window, x, {kernel.InputZero}, {CountPadding(kernel)}, finish, y);
            """,
            "edgec_pool_i8.h"),
        (WindowMode.Average, FloatFinish finish) => new(
            $"""
            {Geometry(kernel.Geometry, context)}
            edgec_pool_average_f32(window, x, {CountPadding(kernel)}, {Clamp(finish)}, y);
            """,
            "edgec_pool_f32.h"),
        _ => throw context.Mismatch(kernel.Finish),
    };

    // One function for all convolutions of a geometry.
    private static string Convolve(
        WindowKernel kernel, StepContext context, string width, (string, string)[] before, (string, string)[] after, string known, string zero, string finish)
    {
        WindowGeometry g = kernel.Geometry;
        string kind = g.Groups == 1 ? "convolve" : g.Groups == g.Channels ? "depthwise" : "grouped";
        string function = IsPacked(kernel, context) ? "edgec_depthwise_i8" : $"edgec_convolve_{(context.HasPanels ? "panels_" : "")}{width}";
        string call = $"{function}(window, x, {zero}w, {(kernel.Bias is null ? "NULL" : "bias")}, {finish}y);";
        return context.Shared(
            $"{kind}_{g.KernelHeight}x{g.KernelWidth}_{g.Channels}_{g.OutChannels}",
            [
                (context.Operand(0, "x"), "x"),
                .. before,
                (context.WeightParameter("w"), context.Weights(kernel.Weights, kernel.Groups)),
                .. kernel.Bias is null ? [] : new[] { (context.Parameter("bias", "bias"), context.Constant("bias")) },
                .. after,
                (context.Target, "y"),
            ],
            $"{Geometry(g, context)}\n{known}{call}");
    }

    // Depthwise, its weights in pairs of taps.
    private static bool IsPacked(WindowKernel kernel, StepContext context) => context.HasPanels && kernel.Geometry.Groups > 1;

    private static string Width(WindowKernel kernel) => kernel.Weights?.Element == ElementType.I4 ? "i4" : "i8";

    /// <summary>The declaration of a convolution's geometry, <c>window</c>.</summary>
    public static string Geometry(WindowGeometry g, StepContext context) =>
        $$"""
        const edgec_window window = {
            .batch = {{g.Batch}}, .height = {{context.OrPart(g.Height, "height")}}, .width = {{g.Width}}, .channels = {{g.Channels}},
            .out_height = {{context.OrPart(g.OutHeight, "rows")}}, .out_width = {{g.OutWidth}}, .out_channels = {{g.OutChannels}},
            .kernel_height = {{g.KernelHeight}}, .kernel_width = {{g.KernelWidth}},
            .stride_y = {{g.StrideY}}, .stride_x = {{g.StrideX}},
            .dilation_y = {{g.DilationY}}, .dilation_x = {{g.DilationX}},
            .pad_top = {{context.OrPart(g.PadTop, "pad")}}, .pad_left = {{g.PadLeft}},
            .groups = {{g.Groups}},
        };
        """;

    private static string CountPadding(WindowKernel kernel) => kernel.CountPadding ? "true" : "false";

    private static string Clamp(FloatFinish finish) => $"{CLiteral.Float(finish.Lo)}, {CLiteral.Float(finish.Hi)}";
}
