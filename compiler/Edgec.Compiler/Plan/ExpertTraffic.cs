using Edgec.Kernels;

namespace Edgec.Plan;

/// <summary>The bytes of weights that a product with the weights of experts reads in one inference, by formula.</summary>
/// <param name="Step">The step of the plan.</param>
/// <param name="Rows">Rows (patches, tokens).</param>
/// <param name="Choices">Experts of a row.</param>
/// <param name="ExpertBytes">Bytes of the weights of one expert, and of the multipliers of their groups.</param>
public sealed record ExpertTraffic(PlanStep Step, int Rows, int Choices, int Experts, long ExpertBytes)
{
    /// <summary>Of a step; null if it is no such product.</summary>
    public static ExpertTraffic? Of(PlanStep step) => step.Kernel is ExpertMatmulKernel { Geometry: var g } k
        ? new(step, g.Rows, g.Choices, g.Experts, (k.Weights.Bytes.Length + (k.Groups?.Multipliers.Bytes.Length ?? 0)) / g.Experts)
        : null;

    /// <summary>Of all such products of a plan.</summary>
    public static IEnumerable<ExpertTraffic> Of(ModelPlan plan) => plan.Steps.Select(Of).OfType<ExpertTraffic>();

    /// <summary>The step takes rows expert by expert.</summary>
    public bool IsByExpert => Step.Kernel is ExpertMatmulKernel { Geometry.ByExpert: true };

    /// <summary>Row by row: each choice of each row reads an expert's weights, T·k·B.</summary>
    public long RowByRow => (long)Rows * Choices * ExpertBytes;

    /// <summary>Experts that any row chooses, where each row chooses k different ones of E and all are as likely: E·(1 - (1 - k/E)^T).</summary>
    public double ExpectedExperts => Experts * (1 - Math.Pow(1 - Math.Min(1.0, (double)Choices / Experts), Rows));

    /// <summary>Expert by expert: the weights of each expert that is used once, as many as are expected.</summary>
    public double Expected => ExpectedExperts * ExpertBytes;

    /// <summary>The most that expert by expert can read: min(E, T·k)·B.</summary>
    public long Most => Math.Min(Experts, (long)Rows * Choices) * ExpertBytes;
}
