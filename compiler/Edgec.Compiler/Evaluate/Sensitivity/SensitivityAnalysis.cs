using System.Collections.Immutable;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Quantize.Precision;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>
/// Finds what quantizing each layer costs, with the integer kernels themselves: the float model with one layer in integers, and the
/// quantized model with one layer wider. Each of these differs from a model that has been run, so only the difference is run.
/// </summary>
/// <param name="canonical">The float graph.</param>
/// <param name="quantize">Brings it to a precision; called from several threads.</param>
/// <param name="plan">What is judged.</param>
/// <param name="model">The model's file name, for diagnostics.</param>
public sealed class SensitivityAnalysis(Graph canonical, Func<PrecisionPlan, Graph> quantize, PrecisionPlan plan, string model)
{
    private readonly LoweredGraph real = LoweredGraph.Of(canonical, model);
    private readonly LoweredGraph quantized = LoweredGraph.Of(quantize(plan), model);
    private readonly ImmutableArray<RankedLayer> layers = RankedLayer.Of(canonical, plan, model);

    /// <param name="samples">How many samples there are.</param>
    /// <param name="sample">Each of them: real numbers for every input.</param>
    /// <param name="output">The output that is judged; null for all of them, each with the same weight.</param>
    /// <exception cref="DiagnosticException">There is no such output, or a node has no kernel.</exception>
    public SensitivityResult Run(int samples, Func<int, IReadOnlyDictionary<string, Tensor>> sample, string? output, IProgressSink progress)
    {
        ImmutableArray<string> outputs = JudgedOutputs.Of(canonical, output);
        Trial[] trials = WatchedWork.Map(layers.Length, i => Prepare(layers[i], samples, outputs.Length), progress, "quantizing layers one by one");
        ImmutableArray<(string Name, string Operator)> values = Values();
        var whole = new NoiseMeter(samples, outputs.Length);
        NoiseMeter[] propagated = [.. values.Select(_ => new NoiseMeter(samples, 1))];
        for (int s = 0; s < samples; s++)
        {
            int at = s;
            IReadOnlyDictionary<string, Tensor> inputs = sample(s);
            RunValues wanted = real.Run(inputs), got = quantized.Run(inputs);
            for (int i = 0; i < values.Length; i++)
                propagated[i].Add(s, 0, wanted.Real(values[i].Name), got.Real(values[i].Name));
            whole.Add(s, outputs, wanted, got);
            WatchedWork.Map(
                layers.Length,
                i => trials[i].Run(at, layers[i].Node.Output, outputs, inputs, wanted, got),
                progress, "measuring layers", s * layers.Length, samples * layers.Length);
        }

        double ratio = whole.Ratio;
        Dictionary<string, double> noise = values.Zip(propagated).ToDictionary(pair => pair.First.Name, pair => Noise.ToDecibel(pair.Second.Ratio));
        return new(
            plan.Summary, samples, outputs, Noise.ToDecibel(ratio),
            [.. layers.Select((layer, i) => Judge(i, layer, trials[i], ratio, noise)).OrderByDescending(layer => layer.Cost).ThenBy(layer => layer.Index)],
            [.. values.Select(value => new ValueNoise(value.Name, value.Operator, noise[value.Name]))]);
    }

    private static LayerSensitivity Judge(int index, RankedLayer layer, Trial trial, double whole, Dictionary<string, double> propagated)
    {
        double alone = trial.AloneNoise.Ratio, wider = trial.WiderNoise.Ratio;
        double gain = Noise.ToDecibel(wider) - Noise.ToDecibel(whole);
        return new(
            index, layer.Name, layer.Node.Op.Name, layer.Node.Output, layer.Precision, Noise.ToDecibel(trial.LocalNoise.Ratio), Noise.ToDecibel(alone),
            trial.Wider, Noise.ToDecibel(wider), double.IsNaN(gain) ? 0 : gain, propagated[layer.Node.Output], (alone + Math.Max(0, whole - wider)) / 2);
    }

    private Trial Prepare(RankedLayer layer, int samples, int outputs)
    {
        GraphDifference alone = GraphDifference.Of(real, quantize(PrecisionPlan.Fp32.With(layer.Name, layer.Precision)), model);
        LayerPrecision wider = LayerPrecision.W8A16;
        GraphDifference? difference = layer.Precision.ActivationBits < wider.ActivationBits ? Try(layer, wider) : null;
        if (difference is null)
            difference = GraphDifference.Of(quantized, quantize(plan.With(layer.Name, wider = LayerPrecision.Float)), model);
        return new(alone, wider, difference, samples, outputs);
    }

    // Whether a layer can have a precision is for the quantizer and the kernels to say.
    private GraphDifference? Try(RankedLayer layer, LayerPrecision precision)
    {
        try
        {
            return GraphDifference.Of(quantized, quantize(plan.With(layer.Name, precision)), model);
        }
        catch (DiagnosticException)
        {
            return null;
        }
    }

    // What both graphs have under one name, as real numbers in the float one.
    private ImmutableArray<(string Name, string Operator)> Values() =>
    [
        .. canonical.Inputs.Select(input => (input, "input"))
            .Concat(canonical.Nodes.Select(node => (node.Output, node.Op.Name)))
            .Where(value => canonical.TypeOf(value.Item1).Element == ElementType.F32 && quantized.Graph.Types.ContainsKey(value.Item1)),
    ];

    /// <summary>The two graphs that tell what one layer costs, and what was measured of them.</summary>
    private sealed class Trial(GraphDifference alone, LayerPrecision wider, GraphDifference withWider, int samples, int outputs)
    {
        public LayerPrecision Wider => wider;

        public NoiseMeter LocalNoise { get; } = new(samples, 1);

        public NoiseMeter AloneNoise { get; } = new(samples, outputs);

        public NoiseMeter WiderNoise { get; } = new(samples, outputs);

        public bool Run(
            int sample, string value, ImmutableArray<string> judged, IReadOnlyDictionary<string, Tensor> inputs, RunValues wanted, RunValues quantized)
        {
            RunValues one = alone.Run(inputs, wanted);
            LocalNoise.Add(sample, 0, wanted.Real(value), one.Real(value));
            AloneNoise.Add(sample, judged, wanted, one);
            WiderNoise.Add(sample, judged, wanted, withWider.Run(inputs, quantized));
            return true;
        }
    }
}
