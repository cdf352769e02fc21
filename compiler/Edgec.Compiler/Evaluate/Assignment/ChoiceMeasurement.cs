using System.Collections.Immutable;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Quantize.Precision;
using Edgec.Runtime;

namespace Edgec.Evaluate.Assignment;

/// <summary>
/// Finds what each layer can have, what it costs there and what noise it makes. The noise of a choice is what the outputs lose if one
/// layer takes it and all others compute with 16-bit activations, in float where there are no kernels for that: so little noise that
/// what is measured is the layer's own, and adds up.
/// </summary>
public sealed class ChoiceMeasurement
{
    // How much the kinds of cost that no budget limits count against those that one does.
    private const double Unlimited = 0.1;

    private readonly Graph canonical;
    private readonly Func<PrecisionPlan, Graph> quantize;
    private readonly PrecisionPlan baseline;
    private readonly PrecisionBudget budget;
    private readonly PlanPricing pricing;
    private readonly string model;
    private readonly ImmutableArray<RankedLayer> layers;
    private readonly LoweredGraph judged;

    /// <param name="quantize">Brings the graph to a precision; called from several threads.</param>
    /// <param name="baseline">Against which costs are told.</param>
    /// <param name="budget">What is scarce: it weighs most in the price of a choice.</param>
    public ChoiceMeasurement(Graph canonical, Func<PrecisionPlan, Graph> quantize, PrecisionPlan baseline, PrecisionBudget budget, PlanPricing pricing, string model)
    {
        (this.canonical, this.quantize, this.baseline, this.budget, this.pricing, this.model) = (canonical, quantize, baseline, budget, pricing, model);
        layers = RankedLayer.Of(canonical, PrecisionPlan.W8A8, model);
        Graph typed = quantize(baseline);
        judged = LoweredGraph.Of(typed, model);
        BaselineCost = pricing.Of(typed);
    }

    /// <summary>What the baseline costs.</summary>
    public PlanCost BaselineCost { get; }

    /// <summary>What is refused, and why: one for each layer and candidate.</summary>
    public ImmutableArray<(RankedLayer Layer, LayerPrecision Precision, string Why)> Refused { get; private set; } = [];

    /// <summary>The noise that is there with every layer as good as can be.</summary>
    public double Floor { get; private set; }

    /// <param name="candidates">What a layer may have, as far as the target can do it.</param>
    /// <exception cref="DiagnosticException">A layer can have none of the candidates (EC3040).</exception>
    public ImmutableArray<LayerChoices> Measure(
        ImmutableArray<LayerPrecision> candidates, int samples, Func<int, IReadOnlyDictionary<string, Tensor>> sample, string? output, IProgressSink progress)
    {
        Offer[] offers = WatchedWork.Map(layers.Length * candidates.Length, i => Ask(layers[i / candidates.Length], candidates[i % candidates.Length]), progress, "asking what layers can have");
        Refused = [.. offers.Where(offer => offer.Why is not null).Select(offer => (offer.Layer, offer.Precision, offer.Why!))];
        Offer[] open = [.. offers.Where(offer => offer.Cost is not null)];
        foreach (RankedLayer layer in layers.Where(layer => !open.Any(offer => offer.Layer == layer)))
        {
            throw new DiagnosticException(PrecisionDiagnostics.NoCandidate(
                $"{model}({layer.Node.Origin} -> {layer.Node.Output})", string.Join(", ", candidates), offers.First(offer => offer.Layer == layer).Why!));
        }

        double[] noise = Noises(open, samples, sample, output, progress);
        return [.. layers.Select(layer => new LayerChoices(
            layer,
            [.. open.Zip(noise).Where(pair => pair.First.Layer == layer).Select(pair => new LayerChoice(pair.First.Precision, pair.Second, pair.First.Cost!, Price(pair.First.Cost!)))]))];
    }

    private Offer Ask(RankedLayer layer, LayerPrecision precision)
    {
        try
        {
            return new(layer, precision, pricing.Of(quantize(baseline.With(layer.Name, precision))) - BaselineCost, null);
        }
        catch (DiagnosticException refusal)
        {
            return new(layer, precision, null, refusal.Diagnostics.First(d => d.Severity == Severity.Error).Message);
        }
    }

    private double[] Noises(Offer[] offers, int samples, Func<int, IReadOnlyDictionary<string, Tensor>> sample, string? output, IProgressSink progress)
    {
        ImmutableArray<string> outputs = JudgedOutputs.Of(canonical, output);
        LoweredGraph real = LoweredGraph.Of(canonical, model);
        PrecisionPlan best = Best(progress);
        LoweredGraph quiet = LoweredGraph.Of(quantize(best), model);
        GraphDifference[] trials = WatchedWork.Map(
            offers.Length, i => GraphDifference.Of(quiet, quantize(best.With(offers[i].Layer.Name, offers[i].Precision)), model), progress, "quantizing layers one by one");
        NoiseMeter[] meters = [.. trials.Select(_ => new NoiseMeter(samples, outputs.Length))];
        var floor = new NoiseMeter(samples, outputs.Length);
        for (int s = 0; s < samples; s++)
        {
            int at = s;
            IReadOnlyDictionary<string, Tensor> inputs = sample(s);
            RunValues wanted = real.Run(inputs), before = quiet.Run(inputs);
            floor.Add(at, outputs, wanted, before);
            WatchedWork.Map(
                trials.Length,
                i =>
                {
                    meters[i].Add(at, outputs, wanted, trials[i].Run(inputs, before));
                    return true;
                },
                progress, "measuring layers", s * trials.Length, samples * trials.Length);
        }

        Floor = floor.Ratio;
        return [.. meters.Select(meter => Math.Max(0, meter.Ratio - Floor))];
    }

    // Whether a layer can have 16 bits is for the quantizer and the reference's kernels to say; the target does not matter here.
    private PrecisionPlan Best(IProgressSink progress)
    {
        bool[] wide = WatchedWork.Map(layers.Length, i => Computes(layers[i], LayerPrecision.W8A16), progress, "asking for 16 bits");
        PrecisionPlan plan = PrecisionPlan.Fp32;
        foreach (RankedLayer layer in layers.Where((_, i) => wide[i]))
            plan = plan.With(layer.Name, LayerPrecision.W8A16);
        return plan;
    }

    private bool Computes(RankedLayer layer, LayerPrecision precision)
    {
        try
        {
            GraphDifference.Of(judged, quantize(baseline.With(layer.Name, precision)), model);
            return true;
        }
        catch (DiagnosticException)
        {
            return false;
        }
    }

    private double Price(PlanCost cost)
    {
        double bytes = Share(cost.WeightBytes, BaselineCost.WeightBytes), traffic = Share(cost.ActivationBytes, BaselineCost.ActivationBytes);
        double time = Share(cost.Milliseconds ?? 0, BaselineCost.Milliseconds ?? 0);
        return budget.LimitsCost
            ? bytes * (budget.Bytes is null ? Unlimited : 1) + time * (budget.Milliseconds is null ? Unlimited : 1) + traffic * Unlimited
            : bytes + time + traffic;
    }

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;

    private sealed record Offer(RankedLayer Layer, LayerPrecision Precision, PlanCost? Cost, string? Why);
}
