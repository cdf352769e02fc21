namespace Edgec.Check;

/// <summary>How one step of a bundle compares with the reference on the same operands.</summary>
/// <param name="IsFloat">Held to <see cref="FloatBound"/> instead of equality.</param>
/// <param name="Passed">Equal in every element of every sample, or within the bound.</param>
/// <param name="Differing">Elements that differ (float: that exceed the bound).</param>
/// <param name="Elements">Elements compared.</param>
/// <param name="Worst">The largest difference seen, in steps for integers, relative to max|reference| for float.</param>
/// <param name="First">Where the first difference is and what it is; null if there is none.</param>
public sealed record LayerResult(
    int Index, string Name, string Kernel, string Value, string Origin, bool IsFloat, bool Passed, long Differing, long Elements, double Worst, string? First);
