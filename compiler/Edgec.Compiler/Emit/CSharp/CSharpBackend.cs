using Edgec.Diagnostics;
using Edgec.Plan;
using Edgec.Targets;

namespace Edgec.Emit.CSharp;

/// <summary>
/// A plan as C#: a project that <c>dotnet build</c> builds without any package. One method a step over the kernels of
/// Edgec.Runtime, whose sources come along; the weights go beside, as bytes. It decides nothing: sizes, places and names
/// are the plan's.
/// </summary>
public static class CSharpBackend
{
    /// <summary>Where the generated classes are.</summary>
    public const string Namespace = "Edgec.Models";

    private const string Runtime = "csharp/";

    private static readonly string[] Rendered = ["Model.cs", "Check.cs", "Program.cs", "Model.csproj", "README.md"];

    /// <summary>The files of a bundle, without its manifest.</summary>
    /// <param name="vector">What the bundle checks itself with.</param>
    /// <exception cref="DiagnosticException">The arena is larger than a span can be, or a template of the user's own is wrong.</exception>
    public static IReadOnlyList<EmittedFile> Emit(ModelPlan plan, DotNetTarget target, TestVector vector, Templates templates)
    {
        if (plan.Lanes != 1)
            throw new ArgumentException("the C# backend computes on dense tensors");
        if (plan.ArenaBytes > Array.MaxLength)
            throw new DiagnosticException(EmitDiagnostics.ArenaBeyondSpan(plan.Name, plan.ArenaBytes, Array.MaxLength));
        CSharpModel model = CSharpModelBuilder.Build(plan, target);
        List<EmittedFile> files =
        [
            .. Rendered.Select(name => new EmittedFile(name, templates.Render($"hls/csharp/{name}.scriban", model))),
            .. Templates.Names(Runtime).Select(name => new EmittedFile("runtime/" + name[Runtime.Length..], templates.Read(name))),
            new("vectors/input.bin", vector.InputBytes),
            new("vectors/output.bin", vector.OutputBytes),
        ];
        if (model.HasWeights)
            files.Add(new("weights.bin", plan.Weights.Bytes));
        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }
}
