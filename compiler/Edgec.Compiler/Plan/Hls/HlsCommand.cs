using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Plan.Hls;

/// <summary>What one engine is told; its numbers in the order of the structure of the same name in
/// <c>hls-templates/include/edgec/commands.hpp</c>, which explains them.</summary>
public abstract record HlsCommand
{
    /// <summary>Index of the layer it belongs to.</summary>
    public required int Layer { get; init; }

    /// <summary>The engine's name in the plan's text.</summary>
    public abstract string Engine { get; }

    /// <summary>The initializer of the structure.</summary>
    public abstract string Initializer { get; }
}

/// <summary>Three loops with strides around a run of consecutive words.</summary>
public sealed record WordNest(int Address, int Count0, int Stride0, int Count1, int Stride1, int Count2, int Stride2, int Run)
{
    public static WordNest Contiguous(int address, int words) => new(address, 1, 0, 1, 0, 1, 0, words);

    /// <summary>The storage rows of a tensor without the words that only fill them up.</summary>
    public static WordNest Rows(Shape shape, int elementSize, int address)
    {
        const int Lanes = EngineConfiguration.Lanes;
        int extent = shape.Rank == 0 ? 1 : shape[^1], rows = checked((int)Storage.Rows(shape));
        int pitch = Storage.Pitch(shape, Lanes) / Lanes * elementSize, run = (extent * elementSize + Lanes - 1) / Lanes;
        return run == pitch ? Contiguous(address, checked(rows * run)) : new(address, 1, 0, 1, 0, rows, pitch, run);
    }

    /// <summary>Reads nothing.</summary>
    public static WordNest None(int address) => new(address, 0, 0, 0, 0, 0, 0, 0);

    public long Words => (long)Count0 * Count1 * Count2 * Run;

    public string Initializer => $"{{{Address}, {Count0}, {Stride0}, {Count1}, {Stride1}, {Count2}, {Stride2}, {Run}}}";
}

public enum ConvolutionMode
{
    Dense,
    Depthwise,
    Sum,
    Maximum,
}

public enum ParameterRow
{
    ByOutput,
    ByCount,
    Single,
}

public sealed record ConvolutionCommand(
    ConvolutionMode Mode,
    WordNest Source,
    WordNest Target,
    int Parameters,
    int ParameterWords,
    ParameterRow ParameterRow,
    int RangeWords,
    int Weights,
    int WeightWords,
    int WeightOutputs,
    int Entries,
    bool PackedWeights,
    ConvolutionWindow Window,
    int Words,
    int OutWords,
    int Groups,
    int RingRows,
    int FirstSlot,
    int SlotStep,
    int RowSteps,
    int Zero,
    int Lo,
    int Hi,
    RightSide Right,
    int Expert,
    Deformation Deform) : HlsCommand
{
    public override string Engine => "convolution";

    public override string Initializer
    {
        get
        {
            ConvolutionWindow w = Window;
            return $"{{{(int)Mode}, {Source.Initializer}, {Target.Initializer}, {Parameters}, {ParameterWords}, {(int)ParameterRow}, "
                + $"{RangeWords}, {Weights}, {WeightWords}, {WeightOutputs}, {Entries}, {(PackedWeights ? 1 : 0)}, {w.Batch}, {w.Height}, {w.Rows}, {w.Width}, {Words}, {w.OutHeight}, "
                + $"{w.OutWidth}, {OutWords}, {Groups}, {w.KernelHeight}, {w.KernelSteps}, {w.StrideY}, {w.StrideX}, {w.DilationY}, "
                + $"{w.StepX}, {w.PadTop}, {w.PadLeft}, {w.Pad}, {(w.Direct ? 1 : 0)}, {RingRows}, {FirstSlot}, {SlotStep}, {w.Taps}, "
                + $"{w.TapLanes}, {RowSteps}, {Zero}, {Lo}, {Hi}, {Right.Initializer}, {Expert}, {Deform.Initializer}}}";
        }
    }
}

public enum MapOperation
{
    Add,
    Multiply,
    Maximum,
    Minimum,
    Table,
    Prelu,
    Mix,
}

public sealed record MapCommand(
    MapOperation Operation,
    WordNest Left,
    WordNest Right,
    bool SplatLeft,
    bool SplatRight,
    int Target,
    int Words,
    int ZeroA,
    int MultiplierA,
    int ZeroB,
    int MultiplierB,
    long Addend,
    int Shift,
    int Zero,
    int Lo,
    int Hi) : HlsCommand
{
    public override string Engine => "map";

    /// <summary>Rows that are weighed and added up for one of results; 0 but for <see cref="MapOperation.Mix"/>.</summary>
    public int Terms { get; init; }

    /// <summary>Words of such a row.</summary>
    public int TermWords { get; init; }

    /// <summary>Words of all rows of one of results.</summary>
    public int HeldWords => Terms * TermWords;

    public override string Initializer =>
        $"{{{(int)Operation}, {Left.Initializer}, {Right.Initializer}, {(SplatLeft ? 1 : 0)}, {(SplatRight ? 1 : 0)}, {Target}, {Words}, "
        + $"{ZeroA}, {MultiplierA}, {ZeroB}, {MultiplierB}, {Addend}LL, {Shift}, {Zero}, {Lo}, {Hi}, {Terms}, {TermWords}}}";
}

public enum RowOperation
{
    Softmax,
    Sum,
    Maximum,
    Minimum,
}

public sealed record RowCommand(
    RowOperation Operation,
    int Source,
    int Target,
    RowLayout Layout,
    int Table,
    int Multiplier,
    long Addend,
    int Shift,
    int Zero,
    int Lo,
    int Hi) : HlsCommand
{
    public override string Engine => "row";

    public override string Initializer
    {
        get
        {
            RowLayout r = Layout;
            return $"{{{(int)Operation}, {Source}, {Target}, {(r.Across ? 1 : 0)}, {r.Outer}, {r.OuterStride}, {r.Inner}, {r.Length}, "
                + $"{r.Step}, {r.Period}, {r.Tail}, {r.OutExtent}, {Table}, {Multiplier}, {Addend}LL, {Shift}, {Zero}, {Lo}, {Hi}}}";
        }
    }
}

/// <param name="Words">Words the program reads and writes, for the estimate.</param>
public sealed record MoveCommand(int Program, int Segments, int Records, long ReadSteps, long Words) : HlsCommand
{
    public override string Engine => "mover";

    public override string Initializer => $"{{{Program}, {Segments}}}";
}
