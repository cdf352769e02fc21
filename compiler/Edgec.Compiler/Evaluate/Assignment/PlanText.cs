using System.Text;
using Edgec.Quantize.Precision;

namespace Edgec.Evaluate.Assignment;

/// <summary>An assigned plan as a file that <see cref="PrecisionFile"/> reads: what was found is in comments.</summary>
public static class PlanText
{
    /// <param name="tool">Name and version of the compiler.</param>
    /// <param name="model">The model's file name.</param>
    public static string Of(AssignmentResult result, PrecisionBudget budget, string tool, string model)
    {
        var text = new StringBuilder();
        text.Append($"# {tool}, for {OneLine(model)}: {budget}\n");
        text.Append($"# predicted {Sensitivity.Decibels.Text(result.Predicted)} dB, measured {result.Measured}; {result.Cost}\n");
        text.Append($"# before: {result.Baseline}; {result.BaselineCost}\n");
        Dictionary<string, string> why = result.Layers.ToDictionary(layer => NamePattern.Exactly(layer.Layer.Name).Text, layer => layer.Why);
        foreach (string line in new PrecisionPlan(result.Plan.Default, result.Plan.Ends, []).ToString().TrimEnd('\n').Split('\n'))
            text.Append($"{line}\n");
        foreach (PrecisionRule rule in result.Plan.Rules)
            text.Append($"layer {rule.Layers.Text} = {rule.Precision} # {why[rule.Layers.Text]}\n");
        return text.ToString();
    }

    private static string OneLine(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
}
