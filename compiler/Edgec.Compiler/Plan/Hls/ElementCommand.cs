using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <param name="Condition">Of a choice.</param>
/// <param name="Rows">Storage rows of the result, and <paramref name="Extent"/> elements of each.</param>
/// <param name="OutShift">Bytes of a result, as a power of two.</param>
public sealed record ElementCommand(
    ElementOperation Operation, ElementOperand Left, ElementOperand Right, ElementOperand Condition, WordNest Target, int Rows, int Extent, int OutShift) : HlsCommand
{
    public CompareFunction Function { get; init; }

    public int ZeroA { get; init; }

    public int ZeroB { get; init; }

    /// <summary>Of a comparison the factor, else the multiplier.</summary>
    public long FactorA { get; init; }

    public long FactorB { get; init; }

    public long Addend { get; init; }

    public int Shift { get; init; }

    public int Zero { get; init; }

    public int Lo { get; init; }

    public int Hi { get; init; }

    public override string Engine => "element";

    public override string Initializer =>
        $"{{{(int)Operation}, {Left.Rows.Initializer}, {Right.Rows.Initializer}, {Condition.Rows.Initializer}, {Target.Initializer}, {Rows}, {Extent}, "
        + $"{Left.Shift}, {Right.Shift}, {OutShift}, {(Left.Splat ? 1 : 0)}, {(Right.Splat ? 1 : 0)}, {(Condition.Splat ? 1 : 0)}, {(int)Function}, "
        + $"{ZeroA}, {ZeroB}, {FactorA}LL, {FactorB}LL, {Addend}LL, {Shift}, {Zero}, {Lo}, {Hi}}}";
}
