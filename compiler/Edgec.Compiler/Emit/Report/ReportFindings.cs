using Edgec.Bundle;

namespace Edgec.Emit.Report;

/// <summary>What was found on a bundle after it was compiled.</summary>
/// <param name="Verification">Null before <c>verify</c> ran.</param>
/// <param name="Accuracy">What <c>evaluate</c> measured.</param>
internal sealed record ReportFindings(Verification? Verification, AccuracyList Accuracy)
{
    public static readonly ReportFindings None = new(null, AccuracyList.Empty);
}
