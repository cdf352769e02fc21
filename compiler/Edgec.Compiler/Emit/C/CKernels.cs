using System.Collections.Immutable;

namespace Edgec.Emit.C;

/// <summary>
/// The functions that layers of one configuration share. Compilers specialise a kernel for its geometry, which takes them a
/// tenth of a second each; a network has many layers and few geometries.
/// </summary>
internal sealed class CKernels
{
    private readonly Dictionary<string, Kernel> byText = [];
    private readonly List<Kernel> kernels = [];
    private readonly HashSet<string> names = [];

    /// <summary>The name of the function with these parameters and this body, for one step more.</summary>
    /// <param name="hint">What it is called where that is free.</param>
    public string Share(int step, string hint, IReadOnlyList<string> parameters, string body)
    {
        string text = string.Join(", ", parameters) + "\n" + body;
        if (!byText.TryGetValue(text, out Kernel? kernel))
        {
            string name = hint;
            for (int i = 2; !names.Add(name); i++)
                name = $"{hint}_{i}";
            kernels.Add(byText[text] = kernel = new(name, parameters, body, []));
        }

        kernel.Steps.Add(step);
        return kernel.Name;
    }

    /// <summary>All of them, in the order of the steps that call them first.</summary>
    public ImmutableArray<CFunction> Functions =>
    [
        .. kernels.Select(kernel => new CFunction(
            SourceText.Wrap($"// For step{(kernel.Steps.Count == 1 ? "" : "s")} ", kernel.Steps.Select(step => $"{step}"), ".").Replace("\n        ", "\n// ", StringComparison.Ordinal),
            SourceText.Wrap($"{(kernel.Steps.Count == 1 ? "static" : "EDGEC_SHARED")} void {kernel.Name}(", kernel.Parameters, ")"),
            SourceText.Indent(kernel.Body))),
    ];

    private sealed record Kernel(string Name, IReadOnlyList<string> Parameters, string Body, List<int> Steps);
}
