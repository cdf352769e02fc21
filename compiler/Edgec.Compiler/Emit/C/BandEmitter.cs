using System.Collections.Immutable;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Emit.C;

/// <summary>The function of a <see cref="BandChain"/>: a loop over the bands of the last result, in which each step computes the rows that the next one needs.</summary>
/// <param name="names">Names of steps.</param>
/// <param name="pointer">The expression of a value's bytes, in the run and here.</param>
internal sealed class BandEmitter(ModelPlan plan, CNames names, Func<int, string> pointer)
{
    public const string Header = "edgec_band.h";

    /// <summary>Declares what a function of a step in a chain takes beside its operands.</summary>
    public const string Parameter = "edgec_part part";

    /// <summary>The function, and its call in the run.</summary>
    public (CFunction Function, string Call) Emit(BandChain chain)
    {
        string name = names.Chain(chain);
        PlanStep[] steps = [.. chain.Layers.Select(layer => plan.Steps[layer.Step])];
        int[] results = [.. steps.Select(step => step.Result)];
        int[] sources = [.. steps.SelectMany(step => step.Operands).Where(value => plan.Values[value].Place != Place.Weights && !results.Contains(plan.Values[value].Root)).DistinctBy(pointer)];
        List<string> head = [.. sources.Select(value => $"const {Type(value)} *{pointer(value)}"), .. results.Select(value => $"{Type(value)} *{pointer(value)}")];
        List<string> call = [.. sources.Select(pointer), .. results.Select(pointer)];
        if (steps.Any(NeedsWeights))
        {
            head.Add($"const {names.Prefix}_weights *weights");
            call.Add("weights");
        }

        var function = new CFunction(
            SourceText.Comment($"Steps {chain.First} to {chain.Last} band by band, {Rows(chain.Rows)} of the last at a time: of what lies between them only the rows still read are in memory."),
            SourceText.Wrap($"static void {name}(", head, ")"),
            SourceText.Indent(Body(chain, steps)));
        return (function, SourceText.Wrap($"{name}(", call, ");", margin: plan.ByTask ? 8 : 4));
    }

    private string Body(BandChain chain, PlanStep[] steps)
    {
        BandLayer last = chain.Layers[^1];
        List<string> lines = [SourceText.Wrap("edgec_band ", chain.Layers.Select(layer => $"{Band(layer)} = {{0, 0}}"), ";")];
        lines.Add($"for (int row = 0; row < {chain.AllRows}; row += {chain.Rows}) {{");
        lines.Add($"    const int {End(last)} = edgec_least(row + {chain.Rows}, {chain.AllRows});");
        for (int i = chain.Layers.Length - 2; i >= 0; i--)
        {
            RowReach reach = chain.Layers[i + 1].Reach;
            lines.Add($"    const int {End(chain.Layers[i])} = edgec_rows_read({End(chain.Layers[i + 1])}, {reach.Stride}, {reach.Pad}, {reach.Extent}, {reach.SourceRows});");
        }

        for (int i = 0; i < chain.Layers.Length; i++)
            lines.AddRange(Layer(chain, i, steps[i]));
        lines.Add("}");
        return string.Join('\n', lines);
    }

    private IEnumerable<string> Layer(BandChain chain, int index, PlanStep step)
    {
        BandLayer layer = chain.Layers[index];
        string result = pointer(step.Result), row = $"{layer.RowElements * plan.Values[step.Result].Type.Element.SizeOf()}";
        if (index + 1 < chain.Layers.Length)
        {
            BandLayer next = chain.Layers[index + 1];
            yield return $"    edgec_band_keep(&{Band(layer)}, {result}, {row}, {Band(next)}.end, {next.Reach.Stride}, {next.Reach.Pad});";
        }

        string there = index == 0 ? $"{layer.Reach.SourceRows}" : End(chain.Layers[index - 1]), part = $"part_{names.Number(layer.Step)}";
        yield return $"    const edgec_part {part} = edgec_next_part({Band(layer)}, {End(layer)}, {layer.Reach.Stride}, {layer.Reach.Pad}, {there});";
        string target = $"{result} + {part}.at * {layer.RowElements}";
        IEnumerable<string> operands = step.Operands.Select((value, i) => index > 0 && i == layer.Operand
            ? pointer(value)
            : $"{pointer(value)} + {part}.from * {RowReach.Pitch(step.Kernel, i, layer.Reach.Rows)}");
        yield return SourceText.Wrap(
            $"{names.Step(step)}(", [.. operands, target, .. NeedsWeights(step) ? ["weights"] : Array.Empty<string>(), part], ");", margin: 4);
        yield return $"    edgec_trace({step.Index}, {target}, (size_t){part}.rows * {row});";
        yield return $"    {Band(layer)}.end = {End(layer)};";
    }

    private static bool NeedsWeights(PlanStep step) => !step.Constants.IsEmpty;

    private string Type(int value) => CType.Of(plan.Values[value].Type.Element);

    private string Band(BandLayer layer) => $"band_{names.Number(layer.Step)}";

    private string End(BandLayer layer) => $"end_{names.Number(layer.Step)}";

    private static string Rows(int rows) => rows == 1 ? "a row" : $"{rows} rows";
}
