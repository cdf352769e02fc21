using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Runtime;

namespace Edgec.Cli;

/// <summary>Compares outputs with files that say what they should be.</summary>
internal static class Expectation
{
    /// <summary>Prints <c>max|a-b| / max|b|</c> of each named output and returns whether all are within the tolerance.</summary>
    /// <param name="arguments">NAME=FILE or FILE; without a name, files follow the order of the outputs.</param>
    public static bool Check(IReadOnlyDictionary<string, Tensor> results, IReadOnlyList<string> arguments, double tolerance)
    {
        bool good = true;
        string[] order = [.. results.Keys];
        for (int i = 0; i < arguments.Count; i++)
        {
            string? name = order.FirstOrDefault(output => arguments[i].StartsWith(output + "=", StringComparison.Ordinal));
            string file = name is null ? arguments[i] : arguments[i][(name.Length + 1)..];
            name ??= i < order.Length ? order[i] : throw Wrong($"The model has {order.Length} outputs, so there is none for {file}.");
            Tensor expected = TensorFiles.Read(file).Values.First(), actual = results[name];
            if (expected.Count != actual.Count)
                throw Wrong($"Output {name} is {actual} but {file} holds {expected}.");
            double distance = Distance(actual, expected);
            good &= distance <= tolerance;
            Console.WriteLine($"{name}: {distance:g3} of the largest element away from {Path.GetFileName(file)}{(distance <= tolerance ? "" : $", more than {tolerance:g3}")}");
        }

        return good;
    }

    private static double Distance(Tensor actual, Tensor expected)
    {
        double difference = 0, largest = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            double a = actual.Number(i), b = expected.Number(i), step = a == b ? 0 : Math.Abs(a - b); // -∞ of a mask equals itself
            difference = double.IsNaN(step) ? double.PositiveInfinity : Math.Max(difference, step);
            largest = double.IsInfinity(b) ? largest : Math.Max(largest, Math.Abs(b));
        }

        return largest == 0 ? difference : difference / largest;
    }

    private static DiagnosticException Wrong(string message) => new(Diagnostic.Error("EC7004", "", message));
}
