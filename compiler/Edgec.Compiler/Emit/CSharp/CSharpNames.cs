using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Edgec.Plan;
using Microsoft.CodeAnalysis.CSharp;

namespace Edgec.Emit.CSharp;

/// <summary>All names of the generated C#, in one place.</summary>
internal sealed partial class CSharpNames
{
    private readonly string digits;
    private readonly ImmutableArray<string> ports;
    private readonly int inputs;

    public CSharpNames(ModelPlan plan)
    {
        digits = plan.Steps.Length > 100 ? "D3" : "D2";
        Class = Pascal(plan.Name) + "Model";
        inputs = plan.Inputs.Length;
        var identifiers = new Identifiers();
        foreach (string parameter in (string[])["arena", "observe"])
            identifiers.Make(parameter);
        ports = [.. plan.Inputs.Concat(plan.Outputs).Select(value => identifiers.Make(Parameter(plan.Values[value].Name)))];
    }

    /// <summary>The model's class: <c>MobileNetModel</c>.</summary>
    public string Class { get; }

    /// <summary>The parameter of an input.</summary>
    public string Input(int port) => ports[port];

    /// <summary>The parameter of an output.</summary>
    public string Output(int port) => ports[inputs + port];

    /// <summary>The method of a step; followed by a word, what belongs to it.</summary>
    public string Step(PlanStep step) => $"Step{Number(step.Index)}{Pascal(step.Name)}";

    /// <summary>The local variable that holds what a step writes to the arena.</summary>
    public string Result(int step) => $"result{Number(step)}";

    /// <summary>Parts between underscores, each with a capital: <c>conv_1 => Conv1</c>.</summary>
    public static string Pascal(string identifier) =>
        string.Concat(identifier.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private string Number(int step) => step.ToString(digits, CultureInfo.InvariantCulture);

    private static string Parameter(string value)
    {
        string pascal = Pascal(Identifiers.Of(value));
        string camel = char.ToLowerInvariant(pascal[0]) + pascal[1..];
        bool taken = SyntaxFacts.GetKeywordKind(camel) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(camel) != SyntaxKind.None;
        return taken || MeetsAnother().IsMatch(camel) ? "port" + pascal : camel;
    }

    // Results are result00, …; conversions QuantizeX and DequantizeX, where a port's own names begin with its name.
    [GeneratedRegex("^(result[0-9]|quantize|dequantize|step[0-9])")]
    private static partial Regex MeetsAnother();
}
