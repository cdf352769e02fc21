using Edgec.Diagnostics;
using Edgec.Plan;
using Edgec.Targets;

namespace Edgec.Compile;

/// <summary>Which backend serves which kind of target. The family of targets is closed.</summary>
public static class Backends
{
    /// <summary>The backend's name, as in manifests.</summary>
    public static string Name(Target target) => target switch
    {
        FpgaTarget => "hls",
        CpuTarget => "c",
        _ => "csharp",
    };

    /// <summary>What the target asks of a plan.</summary>
    /// <param name="ram">Most bytes the arena may have; null for no limit.</param>
    public static PlanOptions PlanOptions(Target target, long? ram) => target switch
    {
        FpgaTarget => new(Lanes: 16, Ram: ram),
        _ => new(Ram: ram),
    };

    public static Estimate Estimate(ModelPlan plan, Target target, string model) => target switch
    {
        CpuTarget cpu => CpuCost.Of(plan, cpu),
        _ => throw new DiagnosticException(Diagnostic.Error("EC4020", model, $"There is no cost model for {target.Name}. Choose a CPU or an FPGA.", exitCode: 2)),
    };
}
