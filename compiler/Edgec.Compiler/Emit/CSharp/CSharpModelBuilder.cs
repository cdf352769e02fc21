using System.Collections.Immutable;
using System.Globalization;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;

namespace Edgec.Emit.CSharp;

/// <summary>From a plan to the records the templates see.</summary>
internal sealed class CSharpModelBuilder
{
    private readonly ModelPlan plan;
    private readonly CSharpNames names;

    private CSharpModelBuilder(ModelPlan plan) => (this.plan, names) = (plan, new CSharpNames(plan));

    public static CSharpModel Build(ModelPlan plan, DotNetTarget target) => new CSharpModelBuilder(plan).Model(target);

    private CSharpModel Model(DotNetTarget target)
    {
        ImmutableArray<CSharpPort> inputs = [.. plan.Inputs.Select((value, port) => Port(value, names.Input(port), isInput: true))];
        ImmutableArray<CSharpPort> outputs = [.. plan.Outputs.Select((value, port) => Port(value, names.Output(port), isInput: false))];
        return new()
        {
            Name = SourceText.Plain(plan.Name),
            Class = names.Class,
            Framework = target.Framework,
            Inputs = inputs,
            Outputs = outputs,
            Steps = [.. plan.Steps.Select(Step)],
            Results = [.. plan.Steps.Where(step => plan.Values[step.Result].Place == Place.Arena).Select(Result)],
            RunHead = SourceText.Wrap(
                "public static void Run(",
                [.. inputs.Select(p => $"ReadOnlySpan<{p.Type}> {p.Name}"), .. outputs.Select(p => $"Span<{p.Type}> {p.Name}"), .. Task("int task"), "Span<byte> arena", "StepObserver? observe = null"],
                ")", margin: 4),
            CheckCall = SourceText.Wrap($"{names.Class}.Run(", [.. inputs.Concat(outputs).Select(p => p.Array), .. Task("task"), "arena", "observe"], ");", margin: 8),
            ApplicationCall = SourceText.Wrap($"{names.Class}.Run(", [.. inputs.Concat(outputs).Select(p => p.Array), .. Task("-1"), "arena"], ");"),
            Tasks = plan.Tasks,
            ArenaBytes = plan.ArenaBytes,
            HasWeights = plan.Weights.Bytes.Length > 0,
            WeightBytes = plan.Weights.Bytes.Length,
            Macs = plan.TotalCost.Macs.ToString("N0", CultureInfo.InvariantCulture),
            FloatBound = "1e-4f",
        };
    }

    private string[] Task(string argument) => plan.ByTask ? [argument] : [];

    private CSharpPort Port(int index, string name, bool isInput)
    {
        PlanValue value = plan.Values[index];
        TensorType type = value.Type;
        Quantization? quantization = type is { Element: ElementType.I8 or ElementType.I16, Quantization: { Axis: < 0 } q } ? q : null;
        string member = char.ToUpperInvariant(name[0]) + name[1..];
        return new(
            isInput ? "Input" : "Output",
            name,
            member,
            (isInput ? "input" : "output") + member,
            SourceText.Plain(value.Name),
            CSharpType.Of(type.Element),
            CSharpLiteral.List(type.Shape.ToArray()),
            type.Shape.ElementCount,
            type.Bytes,
            isInput,
            type.Element == ElementType.F32,
            quantization is not null,
            CSharpLiteral.Float((float)(quantization?.Scale ?? 1)),
            quantization?.Zero ?? 0);
    }

    private CSharpStep Step(PlanStep step)
    {
        string name = names.Step(step);
        PlanValue result = plan.Values[step.Result];
        CSharpBody body = new KernelCalls(step, name).Body();
        IEnumerable<string> operands = KernelCalls.Operands(step).Zip(step.Operands, (operand, value) => $"ReadOnlySpan<{CSharpType.Of(plan.Values[value].Type.Element)}> {operand}");
        string macs = step.Cost.Macs > 0 ? $"; {step.Cost.Macs.ToString("N0", CultureInfo.InvariantCulture)} MACs" : "";
        return new(
            step.Index,
            SourceText.Indent(SourceText.Comment($"From {SourceText.Plain(step.Origin.ToString())}: {PlanPrinter.Describe(step.Kernel)}{macs}.")),
            SourceText.Indent(string.Join('\n', body.Fields)),
            SourceText.Wrap($"private static void {name}(", [.. operands, $"Span<{CSharpType.Of(result.Type.Element)}> y"], ")", margin: 4),
            SourceText.Indent(SourceText.Indent(Flat(body.Statements))),
            SourceText.Wrap($"{name}(", [.. step.Operands.Select(Span), Span(step.Result)], ");", margin: plan.ByTask ? 12 : 8),
            Span(step.Result),
            $"0x{step.Tasks:x}u");
    }

    // Wrapped statements already carry the margin of a body on their later lines.
    private static string Flat(ImmutableArray<string> statements) =>
        string.Join('\n', statements).Replace("\n" + new string(' ', KernelCalls.Margin), "\n", StringComparison.Ordinal);

    private CSharpResult Result(PlanStep step)
    {
        PlanValue value = plan.Values[step.Result];
        return new(CSharpType.Of(value.Type.Element), names.Result(step.Index), value.Offset, value.Bytes);
    }

    /// <summary>The expression of a value's elements in the run.</summary>
    private string Span(int index)
    {
        PlanValue value = plan.Values[index], root = plan.Values[value.Root];
        return value.Place switch
        {
            Place.Input => names.Input(value.Port),
            Place.Output => names.Output(value.Port),
            Place.Arena => names.Result(root.FirstStep),
            Place.Weights => $"Constant<{CSharpType.Of(root.Type.Element)}>({root.Offset}, {root.Type.Shape.ElementCount})",
            _ => throw new InvalidOperationException($"value {value.Name} lies nowhere"),
        };
    }
}
