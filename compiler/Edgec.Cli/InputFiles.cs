using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Cli;

/// <summary>Input tensors named on the command line.</summary>
internal static class InputFiles
{
    /// <summary>Reads the files and gives every input its tensor.</summary>
    /// <param name="arguments">NAME=FILE or FILE; without a name the file's arrays are matched by name, else in order.</param>
    public static IReadOnlyDictionary<string, Tensor> Read(IReadOnlyList<string> arguments, IReadOnlyList<PlanValue> inputs)
    {
        var found = new Dictionary<string, Tensor>();
        foreach (string argument in arguments)
        {
            PlanValue? named = inputs.FirstOrDefault(input => argument.StartsWith(input.Name + "=", StringComparison.Ordinal));
            string file = named is null ? argument : argument[(named.Name.Length + 1)..];
            IReadOnlyDictionary<string, Tensor> arrays = TensorFiles.Read(file);
            foreach ((string array, Tensor tensor) in arrays)
            {
                string? name = named?.Name
                    ?? inputs.FirstOrDefault(input => input.Name == array)?.Name
                    ?? (arrays.Count == 1 ? inputs.FirstOrDefault(input => !found.ContainsKey(input.Name))?.Name : null);
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
