namespace Edgec.Diagnostics;

/// <summary>What planning has to say (EC4xxx).</summary>
public static class PlanDiagnostics
{
    /// <param name="culprits">The values that live when most bytes do, largest first.</param>
    public static Diagnostic ArenaTooLarge(string model, long bytes, long ram, IEnumerable<string> culprits) => Diagnostic.Error(
        "EC4010", model, $"The arena needs {bytes} bytes but --ram allows {ram}. Most of it: {string.Join(", ", culprits)}. Use a smaller input, or allow more.");
}
