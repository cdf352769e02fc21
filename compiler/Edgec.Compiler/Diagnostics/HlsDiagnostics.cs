namespace Edgec.Diagnostics;

/// <summary>What planning for an FPGA has to say (EC41xx).</summary>
public static class HlsDiagnostics
{
    /// <param name="kernel">What it computes, for example <c>convert.quantize</c>.</param>
    public static Diagnostic NoIntegerForm(string location, string kernel) => Diagnostic.Error(
        "EC4101", location, $"{kernel} has no engine yet; those of FPGA targets are for integers only. Quantize the model (--precision w8a8) if this is in float; else compile for C or C#, or cut the model before this node.");

    public static Diagnostic GroupedWeights(string location, int size) => Diagnostic.Error(
        "EC4115", location, $"Its weights have a multiplier for every {size}, which the engines do not sum. Give this layer one scale an output channel: w4a8 without a group.");

    public static Diagnostic RowByRow(string location) => Diagnostic.Error(
        "EC4119", location, "The engines compute mixtures of experts expert by expert, not row by row, which would load the weights of an expert for every row. Leave reorder-patches.order at expert.");

    /// <param name="problem">What about the layout, ending without a full stop.</param>
    public static Diagnostic Layout(string location, string problem) => Diagnostic.Error(
        "EC4103", location, $"{problem}, for which the engines have no command. Put a reshape or transpose before this node, or cut the model there.");

    public static Diagnostic WideActivations(string location) => Diagnostic.Error(
        "EC4114", location, "This has 16-bit activations; the engine for it takes 8-bit ones. Give the layer and its neighbours the precision w8a8 or w4a8, or compile for a CPU. Offsets of a deformable convolution that leave 128 pixels have 16 bits too: bound them with --passes deform-bound.");

    public static Diagnostic AccumulatorTooWide(string location, int bits) => Diagnostic.Error(
        "EC4105", location, $"Its sums need {bits} bits, the engines have up to 32. Split the layer along its input channels.");

    public static Diagnostic RequantizationTooWide(string location) => Diagnostic.Error(
        "EC4106", location, "Scaling its sums leaves 64 bits. Calibrate on data that uses this layer, so that its scales come closer.");

    public static Diagnostic MemoryTooLarge(string model, long bytes, long most) => Diagnostic.Error(
        "EC4107", model, $"Parameters and activations need {bytes} bytes of memory, more than the {most} the engines can address. Use a smaller input.");

    /// <param name="resource">For example <c>300 DSP of 220</c>.</param>
    /// <param name="layer">The layer that asks for most of it.</param>
    public static Diagnostic DoesNotFit(string location, string target, string resource, string layer) => Diagnostic.Error(
        "EC4108", location, $"The smallest engines need {resource} on {target}; {layer} asks for most. Use a smaller input or fewer channels there, or a larger device.");

    public static Diagnostic TooManyMoves(string location, long most) => Diagnostic.Error(
        "EC4109", location, $"Moving these elements takes more than {most} separate copies. Put the longest contiguous axis last.");

    /// <param name="own">The step's rounding profile.</param>
    public static Diagnostic MixedRounding(string location, string own, string others) => Diagnostic.Error(
        "EC4111", location, $"This rounds as '{own}', the rest of the network as '{others}', but all engines round alike. Compile with --rounding {own}, or cut the model here.");

    public static Diagnostic LanesMismatch(string model, int lanes, int expected) => Diagnostic.Error(
        "EC4110", model, $"The plan pads rows to {lanes} elements; the engines read words of {expected}. Plan with {expected} lanes.");

    /// <param name="kernel">What it computes.</param>
    public static Diagnostic Thresholds(string location, string kernel) => Diagnostic.Error(
        "EC4112", location, $"{kernel}: the engines scale sums by a multiplier and a shift, and no multiplier gives the values between these thresholds. Space them evenly, use fewer levels, or compile for a processor.");

    public static Diagnostic FallingWeights(string location) => Diagnostic.Error(
        "EC4113", location, "This output falls as its sums rise, which the engines do by negating its weights, and one of them is -128. Keep weights within [-127, 127].");

    public static Diagnostic TooManySelected(string location, int count, int most) => Diagnostic.Error(
        "EC4118", location, $"This asks for the best {count} of a row; the engine holds {most}, each in registers of its own. Ask for fewer, or compile for a processor.");
}
