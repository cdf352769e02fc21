using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>
/// A layer of the convolution engine before it is cut into commands: what is summed for each output, and the exact
/// integers that finish it.
/// </summary>
/// <param name="Layer">Index of the plan's step.</param>
/// <param name="Weights">i8 or i4 [OutChannels, KernelHeight, KernelWidth, channels of a group]; null for pooling.</param>
/// <param name="Repeat">Batches that are commands of their own.</param>
/// <param name="Product">Where the right side is an activation, that side; <paramref name="Weights"/> is then null.</param>
/// <param name="Deform">Where data move the taps, how.</param>
public sealed record ConvolutionShape(
    int Layer,
    Origin Origin,
    ConvolutionMode Mode,
    ConvolutionWindow Window,
    int Channels,
    int OutChannels,
    int Groups,
    int KernelHeight,
    int KernelWidth,
    Tensor? Weights,
    ChannelFinish[] Finishes,
    ParameterRow ParameterRow,
    int Lo,
    int Hi,
    long SumBound,
    int Repeat,
    DynamicProduct? Product = null,
    DeformShape? Deform = null)
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>What is added after rounding in the profiles whose addends do not hold the zero point.</summary>
    public int Zero { get; init; }

    /// <summary>Rows are those of this expert's queue, and the window's are how many it is taken to have; -1 elsewhere.</summary>
    public int Expert { get; init; } = -1;

    /// <summary>Words of an input pixel as it is stored.</summary>
    public int Words => (Channels + Lanes - 1) / Lanes;

    /// <summary>Words of an output pixel as it is stored.</summary>
    public int OutWords => (OutChannels + Lanes - 1) / Lanes;

    /// <summary>Weights or what takes their place fill the weight memory.</summary>
    public bool HasWeights => Mode is ConvolutionMode.Dense or ConvolutionMode.Depthwise;

    /// <summary>Weights of 4 bits: a word of the parameter image holds two.</summary>
    public bool HasPackedWeights => Weights?.Element == ElementType.I4;

    public int MultiplierBits => Finishes.Max(f => 32 - int.LeadingZeroCount(f.Multiplier));

    /// <summary>Width of an accumulator that holds every partial sum.</summary>
    public int AccumulatorBits => 65 - (int)long.LeadingZeroCount(SumBound);

    /// <summary>Input words on which outputs first .. end-1 depend.</summary>
    public (int Begin, int End) Range(int first, int end)
    {
        if (Mode != ConvolutionMode.Dense)
            return (first / Lanes, (end + Lanes - 1) / Lanes);
        int inputs = Channels / Groups, outputs = OutChannels / Groups;
        int begin = first / outputs * inputs, last = ((Math.Min(end, OutChannels) - 1) / outputs + 1) * inputs;
        return (begin / Lanes, (last + Lanes - 1) / Lanes);
    }

    /// <exception cref="Diagnostics.DiagnosticException">The kernel has no form on the engines.</exception>
    public static ConvolutionShape Of(PlanStep step, WindowKernel k, string model)
    {
        HlsFault.RefuseGroups(model, step, k.Groups);
        WindowGeometry g = k.Geometry;
        ConvolutionMode mode = k.Mode switch
        {
            WindowMode.Maximum => ConvolutionMode.Maximum,
            WindowMode.Average => ConvolutionMode.Sum,
            _ when g.Groups == g.Channels && g.OutChannels == g.Channels && g.Channels > 1 => ConvolutionMode.Depthwise,
            _ => ConvolutionMode.Dense,
        };
        int pad = mode == ConvolutionMode.Maximum ? sbyte.MinValue : k.InputZero;
        ConvolutionWindow window = ConvolutionWindow.Of(g, pad, mode == ConvolutionMode.Dense);
        int area = g.KernelHeight * g.KernelWidth;
        (ChannelFinish[] finishes, ParameterRow row, long bound) = k switch
        {
            { Mode: WindowMode.Maximum, Finish: ClampFinish } => ([ChannelFinish.Identity], ParameterRow.Single, 128L),
            { Mode: WindowMode.Average, Finish: IntegerFinish finish } => Average(g, k, finish, area),
            { Finish: IntegerFinish finish } =>
                (ChannelFinish.OfOutputs(k.Weights!, k.Bias, finish, k.InputZero), ParameterRow.ByOutput, ChannelFinish.SumBound(k.Weights!)),
            { Finish: ThresholdFinish } => throw HlsFault.Thresholds(model, step),
            _ => throw HlsFault.NoIntegerForm(model, step),
        };
        Tensor? weights = k.Weights;
        if (weights is not null)
            (weights, finishes) = ChannelFinish.Ascending(weights, finishes) ?? throw HlsFault.Falls(model, step);
        return new(
            step.Index, step.Origin, mode, window, g.Channels, g.OutChannels, g.Groups, g.KernelHeight, g.KernelWidth, weights,
            finishes, row, Lowest(k.Finish), Highest(k.Finish), bound, 1)
        { Zero = (k.Finish as IntegerFinish)?.Zero ?? 0 };
    }

    /// <exception cref="Diagnostics.DiagnosticException">The kernel has no form on the engines.</exception>
    public static ConvolutionShape Of(PlanStep step, MatmulKernel k, string model)
    {
        HlsFault.RefuseGroups(model, step, k.Groups);
        MatmulGeometry g = k.Geometry;
        if (k.Finish is ThresholdFinish)
            throw HlsFault.Thresholds(model, step);
        if (k.Finish is not IntegerFinish finish)
            throw HlsFault.NoIntegerForm(model, step);
        if (k.Weights is null)
            return Of(step, k, DynamicProduct.Of(k), finish);
        bool repeats = g.BroadcastLeft && g.Batch > 1;
        Tensor stored = k.Weights.Reshape([g.Columns, 1, 1, g.Inner]);
        (Tensor weights, ChannelFinish[] finishes) =
            ChannelFinish.Ascending(stored, ChannelFinish.OfOutputs(stored, k.Bias, finish, k.LeftZero)) ?? throw HlsFault.Falls(model, step);
        return new(
            step.Index, step.Origin, ConvolutionMode.Dense, ConvolutionWindow.Flat(repeats ? g.Rows : g.Batch * g.Rows, k.LeftZero),
            g.Inner, g.Columns, 1, 1, 1, weights, finishes, ParameterRow.ByOutput,
            finish.Lo, finish.Hi, ChannelFinish.SumBound(weights), repeats ? g.Batch : 1)
        { Zero = finish.Zero };
    }

    /// <summary>
    /// A deformable convolution, before it is known where it finds its samples. The line buffer of the other convolutions is passed by.
    /// </summary>
    /// <param name="wideOffsets">Offsets are i16.</param>
    /// <param name="wideMask">There is a mask, and it is i16.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The kernel has no form on the engines.</exception>
    public static ConvolutionShape Of(PlanStep step, DeformKernel k, bool wideOffsets, bool wideMask, string model)
    {
        WindowGeometry g = k.Geometry;
        if (k.Finish is ThresholdFinish)
            throw HlsFault.Thresholds(model, step);
        if (k.Finish is not IntegerFinish finish)
            throw HlsFault.NoIntegerForm(model, step);
        var deform = new DeformShape(k, wideOffsets, wideMask, SampleAccess.Gather);
        ConvolutionMode mode = g.Groups == g.Channels && g.OutChannels == g.Channels && g.Channels > 1 ? ConvolutionMode.Depthwise : ConvolutionMode.Dense;
        var window = new ConvolutionWindow(
            g.Batch, g.Height, deform.Rows, g.Width, g.OutHeight, g.OutWidth, g.KernelHeight, g.KernelWidth,
            g.StrideY, g.StrideX, g.DilationY, g.DilationX, g.PadTop, g.PadLeft, k.InputZero, true, 1, Lanes);
        int zero = deform.IsRaw ? k.InputZero : 0;
        (Tensor weights, ChannelFinish[] finishes) =
            ChannelFinish.Ascending(k.Weights, ChannelFinish.OfOutputs(k.Weights, k.Bias, finish, zero)) ?? throw HlsFault.Falls(model, step);
        long bound = ChannelFinish.SumBound(weights, deform.IsRaw ? 128 : k.SampleReach);
        return new(
            step.Index, step.Origin, mode, window, g.Channels, g.OutChannels, g.Groups, g.KernelHeight, g.KernelWidth, weights,
            finishes, ParameterRow.ByOutput, finish.Lo, finish.Hi, bound, 1, Deform: deform)
        { Zero = finish.Zero };
    }

    /// <summary>
    /// The same with its samples where a line buffer of <paramref name="limit"/> words and so many ports let them be: three rows at once,
    /// buffered, or else gathered.
    /// </summary>
    /// <param name="group">Outputs of a group of the array.</param>
    public ConvolutionShape WithAccess(long limit, int ports, int group)
    {
        if (Deform is null)
            return this;
        ConvolutionShape buffered = this with { Deform = Deform with { Access = SampleAccess.Banked } };
        if (ConvolutionTile.Cut(buffered, group, 0, 0).Max(t => ConvolutionTile.LineWords(buffered, t)) > limit)
            return this;
        return ports < 3 || !Deform.CanBeSquare(Mode) ? buffered : this with
        {
            Deform = Deform with { Access = SampleAccess.Square },
            Window = Window with { KernelHeight = 1 }, // a column is a step
        };
    }

    private static ConvolutionShape Of(PlanStep step, MatmulKernel k, DynamicProduct product, IntegerFinish finish)
    {
        MatmulGeometry g = k.Geometry;
        ChannelFinish[] finishes =
            [.. Enumerable.Range(0, g.Columns).Select(o => ChannelFinish.Of(finish, o, k.Bias is null ? 0 : k.Bias.Integer(k.Bias.Count == 1 ? 0 : o)))];
        return new(
            step.Index, step.Origin, ConvolutionMode.Dense, ConvolutionWindow.Flat(g.Rows, 0), g.Inner, g.Columns, 1, 1, 1, null, finishes,
            ParameterRow.ByOutput, finish.Lo, finish.Hi, product.SumBound, g.Batch, product)
        { Zero = finish.Zero };
    }

    // Σ (q - zero) over positions inside = Σ q over all positions, padding being the zero point, minus area · zero.
    private static (ChannelFinish[] Finishes, ParameterRow Row, long Bound) Average(
        in WindowGeometry g, WindowKernel k, IntegerFinish finish, int area)
    {
        long folded = -(long)area * k.InputZero, bound = 128L * area;
        if (k.CountPadding)
            return ([ChannelFinish.Of(finish, area, folded)], ParameterRow.Single, bound);
        WindowGeometry geometry = g;
        HashSet<int> rows = [.. Enumerable.Range(0, g.OutHeight).Select(y => Inside(y, geometry.StrideY, geometry.DilationY, geometry.PadTop, geometry.KernelHeight, geometry.Height))];
        HashSet<int> columns = [.. Enumerable.Range(0, g.OutWidth).Select(x => Inside(x, geometry.StrideX, geometry.DilationX, geometry.PadLeft, geometry.KernelWidth, geometry.Width))];
        int[] counts = [.. rows.SelectMany(r => columns.Select(c => r * c)).Distinct()];
        return counts.Length == 1
            ? ([ChannelFinish.Of(finish, counts[0], folded)], ParameterRow.Single, bound)
            : ([.. Enumerable.Range(0, area + 1).Select(count => ChannelFinish.Of(finish, count, folded))], ParameterRow.ByCount, bound);
    }

    private static int Inside(int output, int stride, int dilation, int pad, int kernel, int extent) =>
        Enumerable.Range(0, kernel).Count(i => (uint)(output * stride + i * dilation - pad) < (uint)extent);

    private static int Lowest(Finish finish) => finish is IntegerFinish i ? i.Lo : ((ClampFinish)finish).Lo;

    private static int Highest(Finish finish) => finish is IntegerFinish i ? i.Hi : ((ClampFinish)finish).Hi;
}
