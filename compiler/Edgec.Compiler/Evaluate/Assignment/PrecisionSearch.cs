using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Quantize.Precision;

namespace Edgec.Evaluate.Assignment;

/// <summary>
/// Walks the <see cref="DowngradePath"/> to the place a budget asks for. What the layers' own noises add up to says where to look
/// first; what counts is measured: at every place that is tried the model is quantized by the plan, priced and run.
/// </summary>
/// <param name="choices">What the layers can have.</param>
/// <param name="floor">The noise with every layer as good as can be.</param>
public sealed class PrecisionSearch(
    ImmutableArray<LayerChoices> choices, double floor, Func<PrecisionPlan, Graph> quantize, PlanPricing pricing, PlanMeasurement measurement, string model)
{
    private readonly DowngradePath path = new(choices);
    private readonly Dictionary<int, PlanCost> costs = [];
    private readonly Dictionary<int, PlanQuality> qualities = [];

    /// <param name="baseline">The precision that the plan is compared with.</param>
    /// <exception cref="DiagnosticException">No plan on the path keeps to the budget (EC3041, EC3042); the message says the nearest.</exception>
    public AssignmentResult Find(PrecisionBudget budget, PrecisionPlan baseline)
    {
        if (!budget.Allows(CostAt(path.Count)))
            throw new DiagnosticException(PrecisionDiagnostics.TooExpensive(model, budget.ToString(), CostAt(path.Count).ToString()));
        int at = First(0, path.Count, count => budget.Allows(CostAt(count)), path.Count);
        if (!budget.Allows(QualityAt(at)))
            throw new DiagnosticException(PrecisionDiagnostics.TooLossy(model, budget.ToString(), QualityAt(at).ToString(), CostAt(at).ToString()));
        if (!budget.LimitsCost)
            at = First(at, path.Count + 1, count => count > path.Count || !budget.Allows(QualityAt(count)), Guess(budget)) - 1;
        Place found = new(path.At(at), CostAt(at), QualityAt(at));
        if (!budget.LimitsCost && budget.MinSqnr is { } decibel)
            found = Beyond(found, decibel, budget);
        else if (budget.LimitsCost)
            found = Filled(found, budget);
        Graph compared = quantize(baseline);
        return new(
            PlanOf(found.Chosen), Explain(found.Chosen), Noise.ToDecibel(NoiseOf(found.Chosen)), found.Quality, found.Cost,
            measurement.Measure(compared, model), pricing.Of(compared));
    }

    /// <summary>The plan that gives every layer its choice. What most layers have is the default, so that its text is short.</summary>
    internal PrecisionPlan PlanOf(ImmutableArray<LayerChoice> chosen)
    {
        // The default also is for operators that only move numbers: these follow integers, so it is none in float.
        LayerPrecision standard = chosen.Select(choice => choice.Precision with { Wide = null }).Where(precision => !precision.IsFloat)
            .GroupBy(precision => precision).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key ?? LayerPrecision.Float;
        var plan = new PrecisionPlan(standard, standard, []);
        for (int i = 0; i < chosen.Length; i++)
            plan = chosen[i].Precision == standard ? plan : plan.With(choices[i].Layer.Name, chosen[i].Precision);
        return plan;
    }

    // One layer's step was too much; those of others behind it on the path may not be. How much noise is left for them is told by what
    // was measured so far.
    private Place Beyond(Place found, double decibel, PrecisionBudget budget)
    {
        double measured = Noise.FromDecibel(found.Quality.Sqnr), predicted = NoiseOf(found.Chosen);
        double left = measured == 0 ? 0 : Noise.FromDecibel(decibel) * predicted / measured;
        ImmutableArray<LayerChoice> chosen = path.Within(left - floor);
        Graph typed = quantize(PlanOf(chosen));
        Place further = new(chosen, pricing.Of(typed), measurement.Measure(typed, model));
        return budget.Allows(further.Quality) && further.Chosen.Sum(c => c.Price) < found.Chosen.Sum(c => c.Price) ? further : found;
    }

    // The last step may have saved far more than was asked for. What is left is spent where it lowers the noise most, as far as the choices' own
    // costs say; the whole model's decide.
    private Place Filled(Place found, PrecisionBudget budget)
    {
        var steps = new List<ImmutableArray<LayerChoice>>();
        for (ImmutableArray<LayerChoice>? next = Better(found.Chosen, found.Cost, budget); next is { } chosen; next = Better(chosen, CostOf(chosen), budget))
            steps.Add(chosen);
        for (int count = steps.Count; count > 0; count /= 2)
        {
            Graph typed = quantize(PlanOf(steps[count - 1]));
            PlanCost cost = pricing.Of(typed);
            if (!budget.Allows(cost))
                continue;
            PlanQuality quality = measurement.Measure(typed, model);
            return quality.Sqnr > found.Quality.Sqnr && budget.Allows(quality) ? new(steps[count - 1], cost, quality) : found;
        }

        return found;

        PlanCost CostOf(ImmutableArray<LayerChoice> chosen) =>
            chosen.Zip(found.Chosen).Aggregate(found.Cost, (sum, pair) => sum + (pair.First.Cost - pair.Second.Cost));
    }

    // One layer's choice changed for that which takes most noise away for its price; null if none can be paid.
    private ImmutableArray<LayerChoice>? Better(ImmutableArray<LayerChoice> chosen, PlanCost cost, PrecisionBudget budget)
    {
        (int Layer, LayerChoice Option, double Slope)? best = null;
        for (int layer = 0; layer < chosen.Length; layer++)
        {
            foreach (LayerChoice option in choices[layer].Options.Where(option => option.Noise < chosen[layer].Noise && option.Price > chosen[layer].Price))
            {
                double slope = (chosen[layer].Noise - option.Noise) / (option.Price - chosen[layer].Price);
                if ((best is null || slope > best.Value.Slope) && budget.Allows(cost + (option.Cost - chosen[layer].Cost)))
                    best = (layer, option, slope);
            }
        }

        return best is { } step ? chosen.SetItem(step.Layer, step.Option) : null;
    }

    // The least number in [low, high] that a condition holds for; it holds for high and, once it does, on. The guess is tried first.
    private static int First(int low, int high, Func<int, bool> holds, int guess)
    {
        while (low < high)
        {
            int middle = Math.Clamp(guess, low, high - 1);
            if (holds(middle))
                high = middle;
            else
                low = middle + 1;
            guess = (low + high) / 2;
        }

        return low;
    }

    // The first place where the noises add up to more than is allowed.
    private int Guess(PrecisionBudget budget) => budget.MinSqnr is { } decibel
        ? First(0, path.Count, count => NoiseOf(path.At(count)) > Noise.FromDecibel(decibel), path.Count / 2)
        : path.Count / 2;

    private double NoiseOf(ImmutableArray<LayerChoice> chosen) => floor + chosen.Sum(choice => choice.Noise);

    private PlanCost CostAt(int count) => costs.TryGetValue(count, out PlanCost? known) ? known : costs[count] = pricing.Of(quantize(PlanOf(path.At(count))));

    private PlanQuality QualityAt(int count) =>
        qualities.TryGetValue(count, out PlanQuality? known) ? known : qualities[count] = measurement.Measure(quantize(PlanOf(path.At(count))), model);

    private ImmutableArray<AssignedLayer> Explain(ImmutableArray<LayerChoice> chosen) =>
        [.. choices.Zip(chosen, (layer, choice) => new AssignedLayer(layer.Layer, choice, layer.Layer.Rows, Why(layer, choice)))];

    private string Why(LayerChoices layer, LayerChoice choice)
    {
        if (layer.Options.Length == 1)
            return "nothing else is possible";
        return layer.CheaperThan(choice) is { } cheaper
            ? $"in {cheaper.Precision.Brief} it alone would leave {Decibels.Text(Noise.ToDecibel(floor + cheaper.Noise))} dB"
            : choice.Noise == 0 ? "the cheapest, and exact" : $"the cheapest; alone leaves {Decibels.Text(Noise.ToDecibel(floor + choice.Noise))} dB";
    }

    private sealed record Place(ImmutableArray<LayerChoice> Chosen, PlanCost Cost, PlanQuality Quality);
}
