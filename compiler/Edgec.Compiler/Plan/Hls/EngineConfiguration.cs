using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>The sizes the engines are built with: everything about them that is not a run-time number.</summary>
/// <param name="Group">Outputs the multiplier array computes at once; a multiple of 16.</param>
/// <param name="MacInterval">Cycles of a step of the array; above 1 multipliers are shared.</param>
/// <param name="FinishInterval">Cycles in which 16 sums are requantized.</param>
/// <param name="MapInterval">Cycles of a word in the map engine.</param>
/// <param name="RowInterval">Cycles of a word in the last pass of softmax.</param>
/// <param name="LineWords">Words of the line buffer.</param>
/// <param name="PixelWords">Words of the longest pixel or row of a direct command.</param>
/// <param name="WeightDepth">Entries of the weight memory; an entry is 16 bytes for each column of the array.</param>
/// <param name="ParameterRows">Rows of 16 output parameters on chip.</param>
/// <param name="Ranges">Groups of outputs of the longest command.</param>
/// <param name="RowWords">Words of the longest softmax row.</param>
/// <param name="MoveWords">Words of the mover's buffer.</param>
/// <param name="AccumulatorBits">Width of sums, exact for this model.</param>
/// <param name="WeightBits">8, or 9 where an activation stands in for weights: its zero point is subtracted before.</param>
/// <param name="MultiplierBits">Width of the largest requantization multiplier.</param>
/// <param name="Uses">Which engines and steps the model needs; the rest is left out of the hardware.</param>
public sealed record EngineConfiguration(
    int Group,
    int MacInterval,
    int FinishInterval,
    int MapInterval,
    int RowInterval,
    int LineWords,
    int PixelWords,
    int WeightDepth,
    int ParameterRows,
    int Ranges,
    int RowWords,
    int MoveWords,
    int AccumulatorBits,
    int WeightBits,
    int MultiplierBits,
    EngineUses Uses)
{
    /// <summary>A multiplier takes two weights of 4 bits at once.</summary>
    public bool Pairs { get; init; }

    /// <summary>Some dense layers have one product a multiplier.</summary>
    public bool Singles { get; init; } = true;

    /// <summary>
    /// Weights and parameters of a command of the convolution engine come in while the one before is computed, where both fit the memories together.
    /// </summary>
    public bool Prefetch { get; init; }

    /// <summary>Entries of the weight memory that a command of more than one group of outputs may take: all, or half, so that the next one fits beside it.</summary>
    public int TileDepth { get; init; } = WeightDepth;

    /// <summary>The array of multipliers.</summary>
    public MultiplierArray Array => new(Group, Pairs);

    /// <summary>How all engines round.</summary>
    public RoundingProfile Rounding { get; init; }

    /// <summary>What samples of deformable convolutions need.</summary>
    public DeformSizes Deform { get; init; } = DeformSizes.None;

    /// <summary>What interpolation needs.</summary>
    public ResampleSizes Resample { get; init; } = ResampleSizes.None;

    /// <summary>What normalisation needs.</summary>
    public NormSizes Norm { get; init; } = NormSizes.None;

    /// <summary>What attention needs.</summary>
    public AttentionSizes Attention { get; init; } = AttentionSizes.None;

    /// <summary>Words of the rows that are weighed and added up for one of results; 0 where none are.</summary>
    public int MixWords { get; init; }

    /// <summary>What queues of mixtures of experts need.</summary>
    public ExpertSizes Experts { get; init; } = ExpertSizes.None;

    /// <summary>What selection at run time needs.</summary>
    public SelectionSizes Selection { get; init; } = SelectionSizes.None;

    /// <summary>Some results are computed one at a time.</summary>
    public bool Elements { get; init; }

    /// <summary>A layer with its samples where these engines let them be.</summary>
    public ConvolutionShape Resolve(ConvolutionShape shape) => shape.WithAccess(Deform.LineLimit, Deform.MostPorts, Array.Group(shape));

    /// <summary>A resolved layer, cut for these engines.</summary>
    public List<ConvolutionTile> Cut(ConvolutionShape shape) =>
        ConvolutionTile.Cut(shape, Array.Group(shape), IsStaged(shape) ? Stage!.Depth : TileDepth, LineLimit(shape));

    /// <summary>Two layers that run as one, cut for these engines; null if the memories do not hold a group of outputs.</summary>
    public List<StreamTile>? Cut(ConvolutionShape source, ConvolutionShape reader) =>
        Stage is null ? null : StreamTile.Cut(source, reader, Array.Group(source), TileDepth, WeightDepth, LineWords, Stage.Depth, Stage.LineWords);

    /// <summary>What is behind the array for layers that go lane by lane; null where the array computes them.</summary>
    public LaneStage? Stage { get; init; }

    /// <summary>A layer is computed in the stage behind the array.</summary>
    public bool IsStaged(ConvolutionShape shape) => Stage is not null && shape.Mode != ConvolutionMode.Dense;

    /// <summary>The stream a layer is part of, either way.</summary>
    public LayerStream? StreamOf(int layer) =>
        Stage is null ? null : Stage.Streams.Where(s => s.Source == layer || s.Reader == layer).Select(s => (LayerStream?)s).FirstOrDefault();

    private long LineLimit(ConvolutionShape shape) => shape.Deform is not null ? Deform.LineLimit : IsStaged(shape) ? Stage!.LineWords : LineWords;

    /// <summary>Elements of a memory word.</summary>
    public const int Lanes = 16;

    /// <summary>Memories the parameters are spread over: each is read once in a finish interval.</summary>
    public int ParameterBanks => Math.Max(1, Lanes / FinishInterval);
}

/// <summary>Parts of the hardware a model uses.</summary>
public readonly record struct EngineUses(
    bool Convolutions, bool Products, bool Maps, bool Add, bool Multiply, bool Prelu, bool Rows, bool Softmax, bool Moves);
