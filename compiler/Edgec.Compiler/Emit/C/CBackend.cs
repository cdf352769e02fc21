using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Edgec.Plan;
using Edgec.Targets;

namespace Edgec.Emit.C;

/// <summary>
/// A plan as C11: a folder that any C compiler builds. One function a step over the kernels of <c>runtime/c</c>, of which
/// only those needed are copied; the weights go beside, as bytes. It decides nothing: sizes, places and names are the plan's.
/// </summary>
public static partial class CBackend
{
    /// <summary>
    /// What compilers may do to floats in every build: fuse sums with their products, see docs/numerics.md (Float), and compute what a condition
    /// then leaves out, as vectors need it. Nothing traps on it.
    /// </summary>
    public static ImmutableArray<string> FloatFlags { get; } = ["-ffp-contract=fast", "-fno-trapping-math"];

    /// <summary>Flags of every build.</summary>
    public static ImmutableArray<string> Flags { get; } = ["-std=c11", "-O3", .. FloatFlags];

    /// <summary>The files of a bundle, without its manifest and vectors.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">A template of the user's own is wrong.</exception>
    public static IReadOnlyList<EmittedFile> Emit(ModelPlan plan, CpuTarget target, COptions options, Templates templates)
    {
        if (plan.Lanes != 1)
            throw new ArgumentException("the C backend computes on dense tensors");
        CModel model = CModelBuilder.Build(plan, target, options);
        List<EmittedFile> sources = [.. Render(Sources.Where(name => model.HasWeights || name != WeightsHeader), model, templates), .. Headers(model, templates)];
        List<EmittedFile> files = options.SingleFile
            ? [.. CSingleFile.Fold(sources, model, plan.Weights.Bytes.AsSpan()), .. Render(Rest, model with { HasWeights = false }, templates)]
            : [.. sources, .. Render(Rest, model, templates)];
        if (model.HasWeights && !options.SingleFile)
            files.AddRange([.. Render(WeightFiles, model, templates), new("weights.bin", plan.Weights.Bytes)]);
        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private const string WeightsHeader = "model_weights.h";

    private static readonly string[] Sources = ["model.h", "model.c", WeightsHeader];

    private static readonly string[] WeightFiles = ["weights.S", "embed.c"];

    private static readonly string[] Rest = ["check.c", "example.c", "Makefile", "CMakeLists.txt", "README.md"];

    private static IEnumerable<EmittedFile> Render(IEnumerable<string> names, CModel model, Templates templates) =>
        names.Select(name => new EmittedFile(name, templates.Render($"hls/c/{name}.scriban", model)));

    /// <summary>The headers the model includes, and those they include.</summary>
    private static Dictionary<string, EmittedFile>.ValueCollection Headers(CModel model, Templates templates)
    {
        var found = new Dictionary<string, EmittedFile>();
        var open = new Stack<string>(model.RuntimeHeaders);
        if (model.HasQuantizedPorts)
            open.Push("edgec_convert.h");
        while (open.TryPop(out string? name))
        {
            if (found.ContainsKey(name))
                continue;
            var file = new EmittedFile($"runtime/{name}", templates.Read($"c/{name}"));
            found.Add(name, file);
            foreach (Match include in Include().Matches(file.Text))
                open.Push(include.Groups[1].Value);
        }

        return found.Values;
    }

    [GeneratedRegex("^#include \"(\\w+\\.h)\"", RegexOptions.Multiline)]
    private static partial Regex Include();
}
