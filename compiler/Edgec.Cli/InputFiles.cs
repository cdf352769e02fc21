using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Cli;

/// <summary>Input tensors named on the command line.</summary>
internal static class InputFiles
{
    /// <summary>Reads the files and gives every input its tensor.</summary>
    /// <param name="arguments">NAME=FILE or FILE; without a name the file's arrays are matched by name, and where none is called as
    /// an input, in the order of the inputs that have nothing yet.</param>
    /// <param name="diagnostics">Gets a note about arrays matched by order.</param>
    public static IReadOnlyDictionary<string, Tensor> Read(IReadOnlyList<string> arguments, IReadOnlyList<PlanValue> inputs, DiagnosticBag diagnostics)
    {
        var found = new Dictionary<string, Tensor>();
        foreach (string argument in arguments)
        {
            PlanValue? named = inputs.FirstOrDefault(input => argument.StartsWith(input.Name + "=", StringComparison.Ordinal));
            string file = named is null ? argument : argument[(named.Name.Length + 1)..];
            IReadOnlyDictionary<string, Tensor> arrays = TensorFiles.Read(file);
            string[] open = [.. inputs.Select(input => input.Name).Where(name => !found.ContainsKey(name))];
            bool byOrder = named is null && arrays.Count <= open.Length && !inputs.Any(input => arrays.ContainsKey(input.Name));
            if (byOrder && arrays.Count > 1)
                diagnostics.Add(Diagnostic.Note("EC7007", file, $"No array is called as an input, so {string.Join(", ", arrays.Keys)} go to {string.Join(", ", open.Take(arrays.Count))} in this order."));
            foreach ((int i, (string array, Tensor tensor)) in arrays.Index())
            {
                string? name = named?.Name ?? (byOrder ? open[i] : inputs.FirstOrDefault(input => input.Name == array)?.Name);
                if (name is not null)
                    found[name] = tensor;
            }
        }

        foreach (PlanValue input in inputs)
        {
            if (!found.TryGetValue(input.Name, out Tensor? tensor))
                throw Wrong($"Input {input.Name} {input.Type} has no data. Give it with --input {input.Name}=FILE.");
            if (tensor.Count != input.Type.Shape.ElementCount)
                throw Wrong($"Input {input.Name} is {input.Type} but the file holds {tensor}. Convert it, or use --shape.");
            found[input.Name] = tensor.Reshape(input.Type.Shape);
        }

        return found;
    }

    private static DiagnosticException Wrong(string message) => new(Diagnostic.Error("EC7003", "", message));
}
