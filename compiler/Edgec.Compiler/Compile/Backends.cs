using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Emit.C;
using Edgec.Emit.CSharp;
using Edgec.Emit.Hls;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Targets;

namespace Edgec.Compile;

/// <summary>Which backend serves which kind of target. The family of targets is closed.</summary>
public static class Backends
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(15);

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
        FpgaTarget => new(Lanes: EngineConfiguration.Lanes, Ram: ram, Streams: true),
        CpuTarget cpu => new(Ram: ram, Panels: cpu.Isa is not CpuIsa.Portable, Bands: true),
        _ => new(Ram: ram),
    };

    /// <summary>The bundle's files, without manifest and graph, and what the plan is expected to cost.</summary>
    /// <param name="model">The model's file name, for diagnostics and the heads of files.</param>
    /// <param name="options">Null for the usual ones.</param>
    public static Emission Emit(
        ModelPlan plan, Target target, TestVector vector, Templates templates, string tool, string model, BackendOptions? options = null)
    {
        switch (target)
        {
            case FpgaTarget fpga:
                HlsPlan engines = HlsPlanner.Plan(plan, fpga, Hls(options), model);
                return new([.. HlsBackend.Emit(engines, [vector], templates)], engines.Estimate);
            case CpuTarget cpu:
                return new(
                    [
                        .. CBackend.Emit(plan, cpu, new COptions(tool, Path.GetFileName(model), options?.SingleFile ?? false), templates),
                        new("vectors/input.bin", vector.InputBytes),
                        new("vectors/output.bin", vector.OutputBytes),
                    ],
                    Estimate(plan, target, model, options));
            case DotNetTarget net:
                return new([.. CSharpBackend.Emit(plan, net, vector, templates)], null);
            default:
                throw Unknown(target);
        }
    }

    /// <summary>The plan as text; of an FPGA also its engines' sizes and commands.</summary>
    public static string Print(ModelPlan plan, Target target, string model) => PlanPrinter.Print(plan)
        + (target is FpgaTarget fpga ? HlsPlanPrinter.Print(HlsPlanner.Plan(plan, fpga, Hls(null), model)) : "");

    /// <summary>True if <see cref="Estimate(ModelPlan, Target, string, BackendOptions)"/> knows the target. .NET runs on any machine, so it has no cost of its own.</summary>
    public static bool HasCostModel(Target target) => target is not DotNetTarget;

    /// <summary>What the plan is expected to cost.</summary>
    /// <exception cref="DiagnosticException">There is no cost model for the target (EC4020).</exception>
    public static Estimate Estimate(ModelPlan plan, Target target, string model, BackendOptions? options = null) => target switch
    {
        FpgaTarget fpga => HlsPlanner.Plan(plan, fpga, Hls(options), model).Estimate,
        CpuTarget cpu => CpuCost.Of(plan, cpu, [.. options?.Memories ?? []]),
        _ => throw new DiagnosticException(Diagnostic.Error(
            "EC4020", model, $"There is no cost model for {target.Name}. Choose the CPU it runs on, or 'host' for this machine.", exitCode: 2)),
    };

    /// <summary>Builds a bundle with this machine's tools.</summary>
    /// <param name="compiler">Builds it instead of the usual one, with the same options.</param>
    /// <exception cref="DiagnosticException">A tool is missing, the bundle does not build, or it is no C or C++ (EC8009).</exception>
    public static IBundleProgram Build(string folder, Target target, string? compiler = null) => target switch
    {
        FpgaTarget => HlsBuilder.Build(folder, compiler ?? HlsBuilder.UsualCompiler, RunLimit),
        CpuTarget cpu => CBuilder.Build(folder, CToolchain.Of(compiler is null ? cpu : cpu with { Compiler = compiler }), RunLimit),
        DotNetTarget when compiler is not null => throw new DiagnosticException(BuildDiagnostics.NoCompilerWanted(folder, compiler)),
        DotNetTarget => CSharpBuilder.Build(folder),
        _ => throw Unknown(target),
    };

    /// <summary>The size of a C bundle's object code on its target; null for other targets and where its compiler is not installed.</summary>
    public static ObjectSize? ObjectSize(string folder, Target target)
    {
        if (target is not CpuTarget cpu)
            return null;
        try
        {
            return CBuilder.Measure(folder, CToolchain.Of(cpu));
        }
        catch (DiagnosticException problem) when (problem.ExitCode == 3)
        {
            return null;
        }
    }

    private static HlsOptions Hls(BackendOptions? options) => new((options ?? BackendOptions.Usual).Dialect);

    private static ArgumentOutOfRangeException Unknown(Target target) => new(nameof(target), target, "not a target of the closed family");
}
