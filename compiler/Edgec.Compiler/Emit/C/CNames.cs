using System.Collections.Immutable;
using System.Globalization;
using Edgec.Plan;

namespace Edgec.Emit.C;

/// <summary>All names of the generated C, in one place. A prefix of the model's name keeps several models apart.</summary>
internal sealed class CNames
{
    private readonly ModelPlan plan;
    private readonly string digits;
    private readonly ImmutableArray<string> inputs;
    private readonly ImmutableArray<string> outputs;

    public CNames(ModelPlan plan)
    {
        this.plan = plan;
        digits = plan.Steps.Length > 100 ? "D3" : "D2";
        inputs = Ports(plan.Inputs);
        outputs = Ports(plan.Outputs);
    }

    /// <summary>Begins everything an application sees: <c>mobilenet</c>.</summary>
    public string Prefix => plan.Name;

    /// <summary>Begins the macros.</summary>
    public string Macro => plan.Name.ToUpperInvariant();

    public string Input(int port) => inputs[port];

    public string Output(int port) => outputs[port];

    public string Step(PlanStep step) => $"step_{Number(step.Index)}_{step.Name}";

    /// <summary>The variable that points to what a step writes to the arena.</summary>
    public string Result(int step) => $"result_{Number(step)}";

    /// <summary>A kernel's constant in the struct of weights.</summary>
    public string Constant(PlanStep step, string role) => $"step_{Number(step.Index)}_{role}";

    /// <summary>A value that is in the weight image, in the struct of weights.</summary>
    public static string ConstantValue(int value) => $"value_{value}";

    /// <summary>The function of steps that run band by band.</summary>
    public string Chain(BandChain chain) => $"steps_{Number(chain.First)}_to_{Number(chain.Last)}";

    public string Number(int step) => step.ToString(digits, CultureInfo.InvariantCulture);

    private ImmutableArray<string> Ports(ImmutableArray<int> values)
    {
        var identifiers = new Identifiers();
        return [.. values.Select(value => identifiers.Make(plan.Values[value].Name))];
    }
}
