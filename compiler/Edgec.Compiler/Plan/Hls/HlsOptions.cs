namespace Edgec.Plan.Hls;

/// <summary>For which tool the directives are written.</summary>
public enum HlsDialect
{
    Vitis,
    Bambu,

    /// <summary>Plain C++ without directives.</summary>
    Generic,
}

/// <summary>What a user may decide about the engines.</summary>
/// <param name="Outputs">Outputs the multiplier array computes at once (16, 32, 64 or 128); null to choose what fits and is fastest.</param>
/// <param name="SampleWords">Most words of the line buffer of deformable convolutions, 0 to gather all samples; null to choose.</param>
/// <param name="HeldWords">Most words of the buffer of keys of a head, and of that of values, 0 to stream them; null to choose.</param>
public sealed record HlsOptions(HlsDialect Dialect = HlsDialect.Vitis, int? Outputs = null, long? SampleWords = null, int? HeldWords = null)
{
    /// <summary>Results of some layers may go to the next as a stream, where that is faster.</summary>
    public bool Streams { get; init; } = true;

    /// <summary>Weights and parameters of a command of the convolution engine may come in while the one before is computed.</summary>
    public bool Prefetch { get; init; } = true;
}
